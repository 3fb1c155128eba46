import type { VolumeMount } from '../../domain/host/facts.ts';
import type { Answer } from './answer.ts';

/**
 * Maps the mounted volumes to facts. Whose a mount is follows from the kubelet's layout: a pod's volumes are below `pods/<UID>`; below
 * `plugins/kubernetes.io`, a block device that is mapped for a pod ends in that pod's UID, and every other mount is a volume for all pods
 * that use it (k/k `pkg/volume/csi`: `makeDeviceMountPath`, `csi_block.go`). A file system for a whole directory of the kubelet is none.
 */
export const toVolumeMounts = (answer: Answer): readonly VolumeMount[] =>
  answer.all('volume').flatMap(([place = '', below = '', path = '', device = '', root = '']): VolumeMount[] => {
    const names = below.split('/');
    const mount = { path: decodeMountPath(path), device, root: decodeMountPath(root) };
    if (place === 'pods') return [{ ...mount, podUid: names[0] ?? '' }];
    if (names.length < 2) return [];
    const user = names.at(-1) ?? '';
    const isMapped = names.includes('volumeDevices') && /^[0-9a-f-]{32,36}$/i.test(user);
    return [{ ...mount, ...(isMapped && { podUid: user }) }];
  });

/** The kernel writes spaces, tabs, line ends and backslashes as `\040` and similar. */
const decodeMountPath = (path: string): string =>
  path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
