import { beforeEach, expect, it, jest } from '@jest/globals';
import { recordCase } from '../../ssh/host/case-table.ts';
import { judgeHostClean } from '../../../src/domain/host/clean.ts';
import { plantDeadMount, describeWithDeadMounts } from '../../ssh/host/dead-mount.ts';
import { POD, readChecksums, setKubeletFlags, toKept, toKubeletFiles } from '../../ssh/host/kubelet-layout.ts';
import { runStage, toLines } from '../../ssh/host/run-stage.ts';
import { describeOnScratchHost, useScratchHost } from '../../ssh/host/scratch-host.ts';
import { KUBELET_UNITS, plantWorker } from '../../ssh/host/worker-node.ts';

const UID = `pods/${POD}`;

/** Every kind of mount, link and file that removal could follow, in `root`; everything in /srv is someone else's. */
const toClutter = (root: string): string => `
  volumes=${root}/${UID}/volumes; csi=${root}/plugins/kubernetes.io/csi/disk.example.com/0f/globalmount
  mkdir -p $volumes/bind $volumes/secret $volumes/over "$volumes/with blank" "$volumes/two
lines" $volumes/shut/deep $volumes/other $csi ${root}/${UID}/volume-subpaths/v/app/0
  touch ${root}/${UID}/volume-subpaths/v/app/file
  mount --bind /srv/a $volumes/bind                                  # the same device
  mount --bind /srv/a/deep $volumes/bind/deep                        # nested
  mount -t tmpfs secret $volumes/secret; echo secret >$volumes/secret/token
  mount --bind /srv/b $volumes/over; mount -t tmpfs over $volumes/over; mount --bind /srv/c $volumes/over
  mount --bind /srv/d "$volumes/with blank"; mount --bind /srv/d "$volumes/two
lines"
  mount --bind /other-device $volumes/other
  touch ${root}/${UID}/etc-hosts; mount --bind /srv/e/file ${root}/${UID}/etc-hosts
  mount --bind /srv/e/file ${root}/${UID}/volume-subpaths/v/app/file; mount --bind /srv/e/deep ${root}/${UID}/volume-subpaths/v/app/0
  mount --rbind /srv $csi
  ln -s /srv/a $volumes/link; ln -s / $volumes/root; ln -s ../../../../../../srv/b $volumes/relative; ln -s nowhere $volumes/broken
  echo x >$volumes/shut/deep/file; chmod 000 $volumes/shut/deep $volumes/shut
  mkdir $volumes/locked; echo x >$volumes/locked/file; echo x >$volumes/locked/log
  chattr +i $volumes/locked/file && chattr +a $volumes/locked/log && chattr +i $volumes/locked
  mkdir -p -- "$volumes/-rf" "$volumes/..." "$volumes/ " "$volumes/*"; : >"$volumes/--no-preserve-root"
  ln -s ${root}/${UID} /srv/link-in`;

jest.setTimeout(60_000);

describeOnScratchHost('clutter', () => {
  const host = useScratchHost(undefined, plantWorker);
  const clean = async (): Promise<readonly string[]> => toLines(await runStage(host.connect(), 'cleanHost'));
  beforeEach(async () => {
    await host.sh(`mkdir /other-device; mount -t tmpfs other /other-device; echo precious >/other-device/file
      for folder in a b c d e; do mkdir -p /srv/$folder/deep; echo precious >/srv/$folder/file; echo precious >/srv/$folder/deep/file; done
      mount -t tmpfs nested /srv/e/deep; echo precious >/srv/e/deep/file; chmod 000 /srv/d; chattr +i /srv/c/file`);
  });

  it.each([
    ['in /var/lib/kubelet', '/var/lib/kubelet', 0],
    ['in another root directory', '/mnt/data', 1],
  ])('%s is removed, and what it leads to stays', async (name, root, kept) => {
    await host.sh(`${toKubeletFiles(root)}\n${toClutter(root)}
      ${kept === 0 ? '' : `ln -s /srv/a ${root}/link`}`);
    if (root !== '/var/lib/kubelet') await setKubeletFlags(host, [`--root-dir=${root}`]);
    const outside = await readChecksums(host, '/srv', '/srv/e/deep', '/other-device');
    const lines = await clean();
    expect(lines.filter((line) => line.startsWith('Failed'))).toEqual([]);
    expect(await readChecksums(host, '/srv', '/srv/e/deep', '/other-device')).toBe(outside);
    expect(await host.sh(`find ${root} -mindepth 1; grep -c ' ${root}/' /proc/self/mountinfo || true`)).toBe(
      kept === 0 ? '0' : `${root}/link\n0`,
    );
    expect(toKept(lines).filter((name) => name.startsWith(root))).toEqual(kept === 0 ? [] : [`${root}/link`]);
    const facts = await host.connect().readFacts(KUBELET_UNITS);
    expect(judgeHostClean(facts, { kubeletUnits: KUBELET_UNITS }).isClean).toBe(true);
    recordCase({
      layout: `clutter ${name}: binds, over-mounts, tmpfs, links, mode 000, immutable files`,
      how: 'scratch',
      outcome: 'cleaned',
      stays: 'everything that mounts and links lead to, by checksum',
    });
  });
});

describeWithDeadMounts('a mount whose file server does not respond', () => {
  const host = useScratchHost(undefined, plantWorker);
  const clean = async (): Promise<readonly string[]> => toLines(await runStage(host.connect(), 'cleanHost'));

  it.each(['killable', 'unkillable'] as const)(
    'of someone else, beside the files of the kubelet, is never read: %s',
    async (kind) => {
      await host.sh(toKubeletFiles('/mnt/data'));
      const dead = await plantDeadMount(host, '/mnt/data/nfs', kind);
      await setKubeletFlags(host, ['--root-dir=/mnt/data']);
      const lines = await clean();
      await dead.abort();
      expect(lines.filter((line) => line.startsWith('Failed'))).toEqual([]);
      expect(toKept(lines)).toContain('/mnt/data/nfs');
      expect(await host.sh('ls /mnt/data')).toBe('nfs');
      recordCase({
        layout: `a dead file server mounted beside the files of the kubelet (${kind})`,
        how: 'scratch',
        outcome: 'cleaned',
        stays: 'the mount',
      });
    },
  );

  it('of a volume is unmounted, or named', async () => {
    const path = `/var/lib/kubelet/${UID}/volumes/kubernetes.io~nfs/pv`;
    await host.sh(`${toKubeletFiles('/var/lib/kubelet')}\nmkdir -p ${path}`);
    const dead = await plantDeadMount(host, path, 'unkillable');
    await host.sh(`(cat ${path}/file & sleep 0.2) >/dev/null 2>&1 </dev/null`);
    const lines = await clean();
    await dead.abort();
    const failed = lines.filter((line) => line.startsWith('Failed'));
    expect(failed[0]).toMatch(new RegExp(`^Failed mounts below /var/lib/kubelet: still mounted: ${path}; `));
    expect(failed[0]).toMatch(/process \d+ \(cat\)|server does not respond/);
    recordCase({
      layout: 'a volume whose file server does not respond',
      how: 'scratch',
      outcome: 'parked',
      stays: 'the mount; everything else in the directory',
    });
  });
});
