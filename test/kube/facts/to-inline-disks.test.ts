import type { V1Volume } from '@kubernetes/client-node';
import { describe, expect, it } from '@jest/globals';
import { toInlineDisks } from '../../../src/kube/facts/to-inline-disks.ts';
import type { Wire } from '../../../src/kube/transport/wire.ts';

describe('toInlineDisks', () => {
  it.each<[Omit<Wire<V1Volume>, 'name'>, driver: string, handle: string]>([
    [{ awsElasticBlockStore: { volumeID: 'vol-1' } }, 'ebs.csi.aws.com', 'vol-1'],
    [{ awsElasticBlockStore: { volumeID: 'aws://eu-central-1a/vol-1' } }, 'ebs.csi.aws.com', 'vol-1'],
    [
      { gcePersistentDisk: { pdName: 'disk-1' } },
      'pd.csi.storage.gke.io',
      'projects/UNSPECIFIED/zones/UNSPECIFIED/disks/disk-1',
    ],
    [
      { azureDisk: { diskName: 'disk-1', diskURI: '/subscriptions/1/disks/disk-1' } },
      'disk.csi.azure.com',
      '/subscriptions/1/disks/disk-1',
    ],
    [{ cinder: { volumeID: 'vol-1' } }, 'cinder.csi.openstack.org', 'vol-1'],
    [{ vsphereVolume: { volumePath: '[store] disk.vmdk' } }, 'csi.vsphere.vmware.com', '[store] disk.vmdk'],
    [{ portworxVolume: { volumeID: 'vol-1' } }, 'pxd.portworx.com', 'vol-1'],
  ])('reads %j as the disk of its driver', (source, driver, handle) => {
    expect(toInlineDisks({ name: 'data', ...source })).toEqual([{ driver, handle }]);
  });

  it.each<[Omit<Wire<V1Volume>, 'name'>]>([
    [{ emptyDir: {} }],
    [{ persistentVolumeClaim: { claimName: 'data' } }],
    [{ csi: { driver: 'secrets.csi' } }],
    [{ azureFile: { secretName: 'a', shareName: 'b' } }],
  ])('reads no disk from %j', (source) => {
    expect(toInlineDisks({ name: 'data', ...source })).toEqual([]);
  });
});
