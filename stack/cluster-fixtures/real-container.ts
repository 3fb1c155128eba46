import { BUSYBOX_IMAGE } from '../hosts/container-images.ts';

const BUSYBOX = { image: BUSYBOX_IMAGE, imagePullPolicy: 'Never' } as const;

/** A container for real nodes that runs until SIGTERM and then exits at once. */
export const RUNNING_CONTAINER = {
  ...BUSYBOX,
  command: ['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 0.2; done'],
} as const;

/** A container for real nodes that exits at once with code 0. */
export const FINISHING_CONTAINER = { ...BUSYBOX, command: ['true'] } as const;
