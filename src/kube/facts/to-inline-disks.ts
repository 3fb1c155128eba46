import type { V1Volume } from '@kubernetes/client-node';
import type { InlineDisk } from '../../domain/cluster/facts.ts';
import type { Wire } from '../transport/wire.ts';

/**
 * The disk that a pod's volume names itself, as Kubernetes translates it for its CSI driver (k8s.io/csi-translation-lib, `plugins`); empty
 * for every other volume. Drivers that attach nothing are omitted (Azure Files), and ephemeral CSI volumes are never attached.
 */
export const toInlineDisks = (volume: Wire<V1Volume>): readonly InlineDisk[] => {
  const { awsElasticBlockStore, gcePersistentDisk, azureDisk, cinder, vsphereVolume, portworxVolume } = volume;
  return [
    // `aws://<zone>/<volume>` or `<volume>`.
    ...toDisk('ebs.csi.aws.com', awsElasticBlockStore?.volumeID.split('/').at(-1)),
    ...toDisk(
      'pd.csi.storage.gke.io',
      gcePersistentDisk && `projects/UNSPECIFIED/zones/UNSPECIFIED/disks/${gcePersistentDisk.pdName}`,
    ),
    ...toDisk('disk.csi.azure.com', azureDisk?.diskURI),
    ...toDisk('cinder.csi.openstack.org', cinder?.volumeID),
    ...toDisk('csi.vsphere.vmware.com', vsphereVolume?.volumePath),
    ...toDisk('pxd.portworx.com', portworxVolume?.volumeID),
  ];
};

const toDisk = (driver: string, handle: string | undefined): readonly InlineDisk[] =>
  handle === undefined ? [] : [{ driver, handle }];
