import { BUSYBOX_IMAGE } from '../hosts/container-images.ts';

const BUSYBOX = { image: BUSYBOX_IMAGE, imagePullPolicy: 'Never' } as const;

/** A container for real nodes that runs until SIGTERM and then exits at once. */
export const RUNNING_CONTAINER = {
  ...BUSYBOX,
  command: ['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 0.2; done'],
} as const;

/**
 * A container for real nodes that takes two seconds to end after SIGTERM. Its termination message, which the kubelet copies into the pod's
 * status, is `SIGTERM` and then `done`; one that is killed meanwhile has only the first, and another exit code than 0.
 */
export const SLOW_CONTAINER = {
  ...BUSYBOX,
  command: [
    'sh',
    '-c',
    'trap "echo SIGTERM >/dev/termination-log; sleep 2; echo done >>/dev/termination-log; exit 0" TERM; while :; do sleep 0.2; done',
  ],
} as const;

/** A container for real nodes that exits at once with code 0. */
export const FINISHING_CONTAINER = { ...BUSYBOX, command: ['true'] } as const;
