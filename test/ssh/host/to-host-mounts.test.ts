import { describe, expect, it } from '@jest/globals';
import type { HostMount } from '../../../src/domain/host/facts.ts';
import { Answer } from '../../../src/ssh/host/answer.ts';
import { toHostMounts } from '../../../src/ssh/host/to-host-mounts.ts';

const UID = '11111111-2222-3333-4444-555555555555';
const CSI = '/var/lib/kubelet/plugins/kubernetes.io/csi';

const mountsOf = (...lines: readonly string[]): readonly HostMount[] =>
  toHostMounts(
    new Answer(['kubeletDirectory\t/data/kubelet', 'kubeletDirectory\t/var/lib/kubelet', ...lines, 'end'].join('\n')),
  );

describe('toHostMounts', () => {
  it("decodes the kernel's paths, and finds their pods below the kubelet's directories", () => {
    expect(
      mountsOf(
        'mount\t/var/lib/kubelet/pods/u1/volumes/a\\040b\\134c\ttmpfs\t0:52\t/',
        'mount\t/data/kubelet/pods/u2\tnfs4\t0:60\t/x\\040y',
        'mount\t/var/lib/kubelet/plugins/x\text4',
      ),
    ).toEqual([
      { path: '/var/lib/kubelet/pods/u1/volumes/a b\\c', fileSystem: 'tmpfs', device: '0:52', root: '/', podUid: 'u1' },
      { path: '/data/kubelet/pods/u2', fileSystem: 'nfs4', device: '0:60', root: '/x y', podUid: 'u2' },
      { path: '/var/lib/kubelet/plugins/x', fileSystem: 'ext4' },
    ]);
  });

  it.each<[string, string, object]>([
    ['a CSI volume for all its pods', `${CSI}/disk.csi/0a1b/globalmount`, { isStaged: true }],
    ['the same before Kubernetes 1.24', `${CSI}/pv/pv-1/globalmount`, { isStaged: true }],
    ['a local disk', '/var/lib/kubelet/plugins/kubernetes.io/local-volume/mounts/pv-1', { isStaged: true }],
    ['a block device that a driver staged', `${CSI}/volumeDevices/staging/pv-1`, { isStaged: true }],
    ['a block device for a pod', `${CSI}/volumeDevices/publish/pv-1/${UID}`, { podUid: UID }],
    ['its map', `${CSI}/volumeDevices/pv-1/dev/${UID}`, { podUid: UID }],
    ['a directory of a driver', '/var/lib/kubelet/plugins/disk.csi/globalmount', {}],
    ['the directory of a plugin', CSI, {}],
    ['the directory of all pods', '/var/lib/kubelet/pods', {}],
  ])('recognizes %s', (_name, path, expected) => {
    expect(mountsOf(`mount\t${path}\text4`)).toEqual([{ path, fileSystem: 'ext4', ...expected }]);
  });
});
