import type { VolumeMount } from '../../domain/host/facts.ts';
import type { Answer } from './answer.ts';
import { decodeMountPath } from './decode-mount-path.ts';

/**
 * Maps the mounted volumes to facts. Whose a mount is follows from the kubelet's layout: a pod's volumes are below `pods/<UID>`; below
 * `plugins/kubernetes.io`, a block device that is mapped for a pod ends in that pod's UID, and every other mount is a volume for all pods
 * that use it (k/k `pkg/volume/csi`: `makeDeviceMountPath`, `csi_block.go`). A file system for a whole directory of the kubelet is none.
 */
export const toVolumeMounts = (answer: Answer): readonly VolumeMount[] =>
  answer.all('volume').flatMap(([place = '', below = '', path = '', device = '', root = '']): VolumeMount[] => {
    const names = below.split('/');
    if (place !== 'pods' && names.length < 2) return [];
    const podUid = place === 'pods' ? names[0] : toMappedPod(names);
    return [{ path: decodeMountPath(path), device, root: decodeMountPath(root), ...(podUid && { podUid }) }];
  });

const toMappedPod = (names: readonly string[]): string | undefined =>
  names.includes('volumeDevices') ? names.find((name) => /^[0-9a-f-]{32,36}$/i.test(name)) : undefined;
