import { awaitCondition } from '../../../stack/processes/await-condition.ts';
import type { Stack } from '../../../stack/stack.ts';

/** A PersistentVolume `<namespace>-data`, bound to the claim `data` of the namespace, that any node can use. */
export const boundVolume = (namespace: string): readonly object[] => {
  const shared = {
    accessModes: ['ReadWriteMany'],
    storageClassName: '',
    volumeMode: 'Filesystem',
  };
  return [
    {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: `${namespace}-data` },
      spec: {
        ...shared,
        capacity: { storage: '1Gi' },
        persistentVolumeReclaimPolicy: 'Retain',
        claimRef: { namespace, name: 'data' },
        csi: { driver: DRIVER, volumeHandle: `${namespace}-data` },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { namespace, name: 'data' },
      spec: { ...shared, resources: { requests: { storage: '1Gi' } }, volumeName: `${namespace}-data` },
    },
  ];
};

/** Reports this volume as attached to the node until it is deleted: no attacher runs here. */
export const volumeAttachment = (namespace: string, nodeName: string): object => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'VolumeAttachment',
  metadata: { name: `${namespace}-data` },
  spec: { attacher: DRIVER, nodeName, source: { persistentVolumeName: `${namespace}-data` } },
});

export const toVolumeAttachmentPath = (namespace: string): string => `${ATTACHMENTS_PATH}/${namespace}-data`;

/** The attach-detach controller attaches and detaches the volumes of pods on this node, as it does for a real kubelet. */
export const letControllerAttach = async (stack: Stack, nodeName: string): Promise<void> => {
  const annotations = { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' };
  await stack.api.patch(`/api/v1/nodes/${nodeName}`, { metadata: { annotations } });
};

/**
 * Waits for the VolumeAttachment of the controller, attaches volume `<namespace>-data` as the CSI driver's attacher does, whose finalizer keeps
 * it until it is detached, and reports it as mounted, as the kubelet does. Returns the path of the VolumeAttachment.
 */
export const mountAttached = async (stack: Stack, namespace: string, nodeName: string): Promise<string> => {
  const name = await awaitCondition(`the volume of ${namespace} is to be attached to ${nodeName}`, async () => {
    const attachments = await stack.api.list(ATTACHMENTS_PATH);
    return attachments.find(({ spec }) => spec?.['nodeName'] === nodeName)?.metadata.name;
  });
  const path = `${ATTACHMENTS_PATH}/${name}`;
  await stack.api.patch(path, { metadata: { finalizers: ['external-attacher/simulated-csi'] } });
  await stack.api.patch(`${path}/status`, { status: { attached: true } });
  const volumesInUse = [`kubernetes.io/csi/${DRIVER}^${namespace}-data`];
  await stack.api.patch(`/api/v1/nodes/${nodeName}/status`, { status: { volumesInUse } });
  await awaitCondition(`the controller reports the volume of ${namespace} as attached`, async () => {
    const { status } = await stack.api.read(`/api/v1/nodes/${nodeName}`);
    return ((status?.['volumesAttached'] ?? []) as readonly object[]).length > 0;
  });
  return path;
};

/** The CSI driver's attacher has detached it. `attachment`: its path. */
export const finishDetachment = async (stack: Stack, attachment: string): Promise<void> => {
  await stack.api.patch(attachment, { metadata: { finalizers: null } });
};

const DRIVER = 'simulated.csi';
const ATTACHMENTS_PATH = '/apis/storage.k8s.io/v1/volumeattachments';
