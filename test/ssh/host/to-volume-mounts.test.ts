import { describe, expect, it } from '@jest/globals';
import { Answer } from '../../../src/ssh/host/answer.ts';
import { toVolumeMounts } from '../../../src/ssh/host/to-volume-mounts.ts';

const UID = '11111111-2222-3333-4444-555555555555';
const CSI = 'csi/volumeDevices';

const mountsOf = (place: string, below: string): ReturnType<typeof toVolumeMounts> =>
  toVolumeMounts(new Answer(`volume\t${place}\t${below}\t/k/${place}/${below}\t0:52\t/x\\040y\nend`));

describe('toVolumeMounts', () => {
  it.each<[string, string, string, object]>([
    ['a volume of a pod', 'pods', `${UID}/volumes/kubernetes.io~csi/pv-1/mount`, { podUid: UID }],
    ['a CSI volume for all its pods', 'plugins/kubernetes.io', 'csi/disk.csi/0a1b/globalmount', {}],
    ['the same before Kubernetes 1.24', 'plugins/kubernetes.io', 'csi/pv/pv-1/globalmount', {}],
    ['a local disk', 'plugins/kubernetes.io', 'local-volume/mounts/pv-1', {}],
    ['a block device that a driver staged', 'plugins/kubernetes.io', `${CSI}/staging/pv-1`, {}],
    ['a block device for a pod', 'plugins/kubernetes.io', `${CSI}/publish/pv-1/${UID}`, { podUid: UID }],
    ['its map', 'plugins/kubernetes.io', `${CSI}/pv-1/dev/${UID}`, { podUid: UID }],
  ])('recognizes %s', (_name, place, below, expected) => {
    expect(mountsOf(place, below)).toEqual([
      { path: `/k/${place}/${below}`, device: '0:52', root: '/x y', ...expected },
    ]);
  });

  it('decodes paths of the mount table', () => {
    expect(mountsOf('pods', `${UID}/a\\040b\\134c`)).toMatchObject([{ path: `/k/pods/${UID}/a b\\c` }]);
  });

  it('ignores a file system for all volumes of a plugin', () => {
    expect(mountsOf('plugins/kubernetes.io', 'csi')).toEqual([]);
  });
});
