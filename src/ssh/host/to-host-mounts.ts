import type { HostMount } from '../../domain/host/facts.ts';
import type { Answer } from './answer.ts';

/**
 * Maps the mounts below the kubelet's directories to facts. Whose a mount is follows from the kubelet's layout: a pod's volumes are below
 * `pods/<UID>`; below `plugins/kubernetes.io`, a block device that is mapped for a pod ends in that pod's UID, and every other mount is a
 * volume that is shared by the pods that use it (k/k `pkg/volume/csi`: `makeDeviceMountPath`, `csi_block.go`).
 */
export const toHostMounts = (answer: Answer): readonly HostMount[] => {
  const directories = answer.texts('kubeletDirectory');
  return answer.all('mount').map(([written = '', fileSystem = '', device = '', root = '']) => {
    const path = decodeMountPath(written);
    return {
      path,
      fileSystem,
      ...(device !== '' && { device }),
      ...(root !== '' && { root: decodeMountPath(root) }),
      ...directories.map((directory) => toUser(path, directory)).find((user) => user !== undefined),
    };
  });
};

/** Undefined for a mount that is no volume of a pod. */
const toUser = (path: string, directory: string): Pick<HostMount, 'podUid' | 'isStaged'> | undefined => {
  const [podUid = ''] = toNamesBelow(path, `${directory}/pods/`);
  if (podUid !== '') return { podUid };
  const [plugin, ...names] = toNamesBelow(path, `${directory}/plugins/kubernetes.io/`);
  if (plugin === undefined || names.length === 0) return undefined;
  const user = names.at(-1) ?? '';
  return names.includes('volumeDevices') && /^[0-9a-f-]{32,36}$/i.test(user) ? { podUid: user } : { isStaged: true };
};

const toNamesBelow = (path: string, directory: string): readonly string[] =>
  path.startsWith(directory) ? path.slice(directory.length).split('/') : [];

/** The kernel writes spaces, tabs, line ends and backslashes as `\040` and similar. */
const decodeMountPath = (path: string): string =>
  path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
