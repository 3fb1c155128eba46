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
        csi: { driver: 'simulated.csi', volumeHandle: `${namespace}-data` },
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
  spec: { attacher: 'simulated.csi', nodeName, source: { persistentVolumeName: `${namespace}-data` } },
});

export const toVolumeAttachmentPath = (namespace: string): string =>
  `/apis/storage.k8s.io/v1/volumeattachments/${namespace}-data`;
