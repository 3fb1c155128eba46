import { beforeEach, expect, it, jest } from '@jest/globals';
import { recordCase } from '../../ssh/host/case-table.ts';
import { POD, readChecksums, toKept, toKubeletFiles } from '../../ssh/host/kubelet-layout.ts';
import { runStage, toLines } from '../../ssh/host/run-stage.ts';
import { describeOnScratchHost, useScratchHost } from '../../ssh/host/scratch-host.ts';
import { KUBELET_UNITS, plantWorker, toFile } from '../../ssh/host/worker-node.ts';

const VOLUME = `pods/${POD}/volumes/kubernetes.io~csi/pv-1/mount`;

jest.setTimeout(60_000);

describeOnScratchHost('a file system with files of the kubelet', () => {
  const host = useScratchHost(undefined, plantWorker);
  const clean = async (): Promise<readonly string[]> => toLines(await runStage(host.connect(), 'cleanHost'));
  const failures = async (): Promise<readonly string[]> => (await clean()).filter((line) => line.startsWith('Failed'));
  beforeEach(async () => {
    await host.sh(`mkdir -p /srv/pv /disk; echo precious >/srv/pv/file; chmod 640 /srv/pv/file
      # One disk with one name: the first mount point is removed once the second exists.
      disk() { mkdir -p "$1"; mount -t tmpfs disk "$1"; }`);
  });
  /** The disk's own mount point is elsewhere, so that what is on it can be read after the stage. */
  const plantDisk = (path: string): string => `mkdir -p ${path}; mount -t tmpfs disk ${path}`;
  const plantVolume = `mkdir -p /var/lib/kubelet/${VOLUME}; mount --bind /srv/pv /var/lib/kubelet/${VOLUME}`;

  it.each([
    ['pods', 'pods', '/var/lib/kubelet/pods'],
    ['plugins', 'plugins', '/var/lib/kubelet/plugins'],
    ['a pod', `pods/${POD}`, `/var/lib/kubelet/pods/${POD}`],
    ['the volumes of a plugin', 'plugins/kubernetes.io/csi', '/var/lib/kubelet/plugins/kubernetes.io/csi'],
    ['all of it', '', '/var/lib/kubelet'],
  ])('is emptied, stays mounted and is named: %s', async (name, folder, path) => {
    await host.sh(`${folder === '' ? 'rm -r /var/lib/kubelet' : ''}
      ${plantDisk(path)}\n${toKubeletFiles('/var/lib/kubelet')}\n${toFile(`${path}/left`, 'of the kubelet')}\n${plantVolume}`);
    const before = await readChecksums(host, '/srv');
    const lines = await clean();
    expect(lines.filter((line) => line.startsWith('Failed'))).toEqual([]);
    expect(toKept(lines)).toEqual(folder === '' ? [] : [path]);
    // The next mount of the disk brings nothing back.
    expect(await host.sh(`find ${path} -mindepth 1; grep -c ' ${path} ' /proc/self/mountinfo`)).toBe('1');
    expect(await host.sh(`find /var/lib/kubelet -type f; cat /srv/pv/file`)).toBe('precious');
    expect(await readChecksums(host, '/srv')).toBe(before);
    expect((await host.connect().readFacts(KUBELET_UNITS)).mounts).toEqual([]);
    recordCase({
      layout: `a disk of its own for ${name}`,
      how: 'scratch',
      outcome: 'cleaned',
      stays: 'the disk, mounted and empty; the data of a volume, by checksum',
    });
  });

  it('that has another name too loses only pods', async () => {
    await host.sh(`mount -t tmpfs disk /disk; mkdir -p /var/lib/kubelet/pods; mount --bind /disk /var/lib/kubelet/pods
      ${toKubeletFiles('/var/lib/kubelet')}\n${toFile('/disk/postgres/db', 'precious')}\n${plantVolume}`);
    expect(await failures()).toEqual([]);
    expect(await host.sh('find /disk -type f; cat /srv/pv/file')).toBe('/disk/postgres/db\nprecious');
    recordCase({
      layout: 'a disk that is mounted twice, once for pods',
      how: 'scratch',
      outcome: 'cleaned',
      stays: 'a database on it; the data of a volume',
    });
  });

  it('that is mounted over another one is refused, and nothing is removed', async () => {
    await host.sh(
      `${plantDisk('/var/lib/kubelet/pods')}\n${toKubeletFiles('/var/lib/kubelet')}\n${plantDisk('/var/lib/kubelet/pods')}`,
    );
    expect(await failures()).toEqual([
      "Failed contents of the kubelet's directory: not removed, because it is unknown what is on the file system below the one that is visible on /var/lib/kubelet/pods",
    ]);
    expect(await host.sh('umount /var/lib/kubelet/pods; find /var/lib/kubelet/pods -type f | wc -l')).toBe('4');
    expect(await host.has('/etc/kubernetes/kubelet.conf')).toBe(false);
  });

  it('on the directory of a driver is not touched: it may have the data of its volumes', async () => {
    await host.sh(`${toKubeletFiles('/var/lib/kubelet')}\n${plantDisk('/var/lib/kubelet/plugins/disk.example.com')}
      ${toFile('/var/lib/kubelet/plugins/disk.example.com/pv-2/file', 'precious')}`);
    const lines = await clean();
    expect(lines.filter((line) => line.startsWith('Failed'))).toEqual([]);
    expect(toKept(lines)).toEqual(['/var/lib/kubelet/plugins/disk.example.com']);
    expect(await host.sh('find /var/lib/kubelet -type f')).toBe('/var/lib/kubelet/plugins/disk.example.com/pv-2/file');
    recordCase({
      layout: 'a disk on the directory of a CSI driver',
      how: 'scratch',
      outcome: 'cleaned',
      stays: 'the disk, mounted, with its data',
    });
  });

  it('of someone else, mounted between the files of the kubelet, is not touched', async () => {
    await host.sh(`${plantDisk('/var/lib/kubelet/database')}\necho precious >/var/lib/kubelet/database/file
      mkdir -p "/var/lib/kubelet/with space/deep"; mount --bind /srv/pv "/var/lib/kubelet/with space/deep"; echo x >"/var/lib/kubelet/with space/file"
      ${toKubeletFiles('/var/lib/kubelet')}`);
    const lines = await clean();
    expect(lines.filter((line) => line.startsWith('Failed'))).toEqual([]);
    expect(toKept(lines)).toEqual(['/var/lib/kubelet/database', '/var/lib/kubelet/with space/deep']);
    expect(await host.sh('find /var/lib/kubelet -type f -exec cat {} +; cat /srv/pv/file')).toBe(
      'precious\nprecious\nprecious',
    );
    recordCase({
      layout: 'other disks mounted in /var/lib/kubelet',
      how: 'scratch',
      outcome: 'cleaned',
      stays: 'the disks, mounted, with their data',
    });
  });
});
