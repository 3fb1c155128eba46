import type { Stack } from '../../../stack/stack.ts';

export interface VolumeFixture {
  readonly namespace: string;
  /** Of the claim; the volume is named `<namespace>-<name>`. */
  readonly name: string;
  /** Only this node can use the volume, like a local disk. */
  readonly onlyOnNode?: string;
}

/** A PersistentVolume with its bound claim. It counts as attached only if a VolumeAttachment is created. */
export const createVolume = async (stack: Stack, { namespace, name, onlyOnNode }: VolumeFixture): Promise<string> => {
  const volumeName = `${namespace}-${name}`;
  const shared = { accessModes: ['ReadWriteMany'], storageClassName: '' };
  await stack.apply([
    {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: volumeName },
      spec: {
        ...shared,
        capacity: { storage: '1Gi' },
        claimRef: { namespace, name },
        ...(onlyOnNode === undefined ? { nfs: { server: '127.0.0.1', path: '/' } } : toLocalSource(onlyOnNode)),
      },
    },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { namespace, name },
      spec: { ...shared, volumeName, resources: { requests: { storage: '1Gi' } } },
    },
  ]);
  return volumeName;
};

const toLocalSource = (nodeName: string): object => ({
  local: { path: '/mnt' },
  nodeAffinity: {
    required: {
      nodeSelectorTerms: [
        { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [nodeName] }] },
      ],
    },
  },
});

/** Reports the volume as attached to the node, as a CSI driver's attacher would; its name is `<volume>-attached`. */
export const attachVolume = async (stack: Stack, volumeName: string, nodeName: string): Promise<string> =>
  attach(stack, `${volumeName}-attached`, nodeName, { persistentVolumeName: volumeName });

/** The same for a disk that a pod named itself, as Kubernetes translates it for its CSI driver. */
export const attachInlineDisk = async (stack: Stack, volumeHandle: string, nodeName: string): Promise<string> => {
  const inlineVolumeSpec = { accessModes: ['ReadWriteOnce'], csi: { driver: DRIVER, volumeHandle } };
  return await attach(stack, `${volumeHandle}-attached`, nodeName, { inlineVolumeSpec });
};

/** Reports that the driver could not detach the volume. `attachment`: its path. */
export const failDetachment = async (stack: Stack, attachment: string, message: string): Promise<void> => {
  const detachError = { time: new Date().toISOString(), message };
  await stack.api.patch(`${attachment}/status`, { status: { attached: true, detachError } });
};

const attach = async (stack: Stack, name: string, nodeName: string, source: object): Promise<string> => {
  await stack.api.create(ATTACHMENTS_PATH, {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'VolumeAttachment',
    metadata: { name },
    spec: { attacher: DRIVER, nodeName, source },
  });
  return `${ATTACHMENTS_PATH}/${name}`;
};

const DRIVER = 'simulated.csi';
const ATTACHMENTS_PATH = '/apis/storage.k8s.io/v1/volumeattachments';
