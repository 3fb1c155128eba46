import { beforeEach, expect, it, jest } from '@jest/globals';
import { judgeHostClean } from '../../../src/domain/host/clean.ts';
import { boundRows, itInLongRun } from '../../long-run.ts';
import { runStage, toLines } from './run-stage.ts';
import { describeOnScratchHost, useScratchHost } from './scratch-host.ts';
import { KUBEADM_FLAGS, KUBELET_UNITS, plantWorker, toKubelet } from './worker-node.ts';

/** Everything outside that a careless removal could reach. */
const OUTSIDE =
  'cd / && find /srv /home /opt /var/lib/kubelet-other /etc/kubernetes-other -type f 2>/dev/null | sort | xargs -r sha256sum';

jest.setTimeout(60_000);

describeOnScratchHost('removal of trees', () => {
  const host = useScratchHost(undefined, plantWorker);
  beforeEach(async () => {
    await host.sh(
      'for folder in a b c d e; do mkdir -p /srv/$folder/deep; echo precious >/srv/$folder/file; echo precious >/srv/$folder/deep/file; done',
    );
  });
  const clean = async (): Promise<readonly string[]> => toLines(await runStage(host.connect(), 'cleanHost'));
  const failures = async (): Promise<readonly string[]> => (await clean()).filter((line) => line.startsWith('Failed'));

  it('unmounts mounts of every kind before it removes files, and keeps everything outside', async () => {
    await host.sh(`
      pods=/var/lib/kubelet/pods/p1
      mkdir -p $pods/volumes/bind $pods/volumes/secret $pods/volumes/over "$pods/volumes/with blank" $pods/volumes/shut/deep /var/lib/kubelet/plugins/csi/globalmount
      touch $pods/etc-hosts
      mount --bind /srv/a $pods/volumes/bind                       # the same device
      mount --bind /srv/a/deep $pods/volumes/bind/deep             # nested
      mount -t tmpfs secret $pods/volumes/secret; echo secret >$pods/volumes/secret/token
      mount --bind /srv/b $pods/volumes/over; mount -t tmpfs over $pods/volumes/over; mount --bind /srv/c $pods/volumes/over
      mount --bind /srv/d "$pods/volumes/with blank"
      mount --bind /srv/e/file $pods/etc-hosts                     # a file
      mount --rbind /srv /var/lib/kubelet/plugins/csi/globalmount
      ln -s /srv/a $pods/volumes/link; ln -s / $pods/volumes/root; ln -s ../../../../../srv/b $pods/volumes/relative
      echo x >$pods/volumes/shut/deep/file; chmod 000 $pods/volumes/shut/deep $pods/volumes/shut
      mkdir -p /var/lib/kubelet-other; echo precious >/var/lib/kubelet-other/file
      ln -s /srv/c /etc/kubernetes/link; ln -s /srv/d/file /etc/kubernetes/pki/link
      mkdir -p -- "/var/lib/kubelet/-rf" "/var/lib/kubelet/..." "/var/lib/kubelet/new
line"`);
    const before = await host.sh(OUTSIDE);
    expect(before.split('\n').length).toBeGreaterThan(10);
    expect(await failures()).toEqual([]);
    expect(await host.sh(OUTSIDE)).toBe(before);
    // A link is not followed, and in /etc/kubernetes nothing shows that it belongs to the cluster.
    expect(await host.sh('find /var/lib/kubelet /etc/kubernetes -mindepth 1 | sort')).toBe(
      '/etc/kubernetes/link\n/etc/kubernetes/pki\n/etc/kubernetes/pki/link',
    );
    expect(judgeHostClean(await host.connect().readFacts(KUBELET_UNITS), { kubeletUnits: KUBELET_UNITS }).isClean).toBe(
      true,
    );
  });

  it('removes nothing from a tree with a mount that stays, and names the mount', async () => {
    await host.sh(`
      mkdir -p /var/lib/kubelet/pods/p1/busy /var/lib/kubelet/pods/p2/free
      mount --bind /srv/a /var/lib/kubelet/pods/p1/busy
      mount --bind /srv/b /var/lib/kubelet/pods/p2/free
      (cd /var/lib/kubelet/pods/p1/busy && exec setsid sleep 1000) </dev/null >/dev/null 2>&1 &
      sleep 0.3`);
    const before = await host.sh(OUTSIDE);
    expect(await failures()).toEqual([
      expect.stringMatching(
        /^Failed mounts below \/var\/lib\/kubelet: still mounted: \/var\/lib\/kubelet\/pods\/p1\/busy; in use by process \d+ \(sleep\): end what uses it$/,
      ),
      expect.stringMatching(
        /^Failed contents of \/var\/lib\/kubelet: a volume is mounted in it \(\/var\/lib\/kubelet\/pods\/p1\/busy\): nothing was removed/,
      ),
    ]);
    expect(await host.sh(OUTSIDE)).toBe(before);
    expect(await host.has('/var/lib/kubelet/config.yaml')).toBe(true);
    // Credentials are elsewhere and are removed anyway.
    expect(await host.sh('find /etc/kubernetes /var/lib/kubelet/pki -type f')).toBe('');
    const { mounts } = await host.connect().readFacts(KUBELET_UNITS);
    expect(mounts.map(({ path }) => path)).toEqual(['/var/lib/kubelet/pods/p1/busy']);
  });

  itInLongRun(
    'is not blocked by a mount whose server is dead: the others are unmounted, and the message asks for a restart of the host',
    async () => {
      await host.sh(`
      printf '#!/bin/sh\\ncase "$*" in *dead*) trap "" TERM; while :; do sleep 1; done ;; esac\\nexec /usr/bin/umount "$@"\\n' >/usr/local/bin/umount
      chmod +x /usr/local/bin/umount
      mkdir -p /var/lib/kubelet/pods/p1/dead /var/lib/kubelet/pods/p1/secret
      mount --bind /srv/a /var/lib/kubelet/pods/p1/dead; mount -t tmpfs s /var/lib/kubelet/pods/p1/secret`);
      const found = await failures();
      expect(found).toHaveLength(2);
      expect(found[0]).toMatch(/still mounted: \/var\/lib\/kubelet\/pods\/p1\/dead;.*restart the host$/);
      const { mounts } = await host.connect().readFacts(KUBELET_UNITS);
      expect(mounts.map(({ path }) => path)).toEqual(['/var/lib/kubelet/pods/p1/dead']);
    },
  );

  itInLongRun('keeps a mount on the credentials themselves', async () => {
    await host.sh('mount --bind /srv/a /etc/kubernetes/pki; echo x >/srv/a/ca.crt');
    await clean();
    expect(await host.sh('cat /srv/a/ca.crt')).toBe('x');
  });

  itInLongRun('empties a kubelet directory that is a separate disk, and leaves the disk mounted', async () => {
    await host.sh(
      'rm -r /var/lib/kubelet/*; mount -t tmpfs disk /var/lib/kubelet; mkdir -p /var/lib/kubelet/pods/p/v; mount -t tmpfs s /var/lib/kubelet/pods/p/v',
    );
    expect(await failures()).toEqual([]);
    expect(await host.sh('ls -A /var/lib/kubelet; grep -c " /var/lib/kubelet" /proc/self/mountinfo')).toBe('1');
  });

  itInLongRun('empties a kubelet directory behind a symbolic link, and leaves the link', async () => {
    await host.sh(
      'mkdir /srv/disk; mv /var/lib/kubelet /srv/disk/kubelet; ln -s /srv/disk/kubelet /var/lib/kubelet; mkdir -p /srv/disk/kubelet/pods/0123456789abcdef0123456789abcdef/volumes/v; mount -t tmpfs s /srv/disk/kubelet/pods/0123456789abcdef0123456789abcdef/volumes/v',
    );
    expect(await failures()).toEqual([]);
    // Behind a link, only what a kubelet creates is removed.
    expect(await host.sh('ls -A /srv/disk/kubelet; readlink /var/lib/kubelet')).toBe('.hidden\n/srv/disk/kubelet');
  });

  const unusual: [name: string, plant: string][] = [
    ['a link to somewhere else', 'rm -r /var/lib/kubelet; ln -s /srv/a /var/lib/kubelet'],
    ['a link to the root', 'rm -r /var/lib/kubelet; ln -s / /var/lib/kubelet'],
    [
      'a link to home',
      'rm -r /var/lib/kubelet; mkdir -p /home/x/y; echo precious >/home/x/y/database; ln -s /home/x/y /var/lib/kubelet',
    ],
    ['a flag that names the root', toKubelet([...KUBEADM_FLAGS, '--root-dir=/'])],
    ['a flag that names /srv', toKubelet([...KUBEADM_FLAGS, '--root-dir=/srv'])],
    ['a flag with dots', toKubelet([...KUBEADM_FLAGS, '--root-dir=/var/lib/kubelet/../../../srv/a'])],
    ['an empty flag', toKubelet([...KUBEADM_FLAGS, '--root-dir='])],
    [
      '/etc/kubernetes elsewhere',
      'mkdir /etc/kubernetes-other; echo precious >/etc/kubernetes-other/file; rm -r /etc/kubernetes; ln -s /etc/kubernetes-other /etc/kubernetes',
    ],
  ];
  it.each(boundRows(unusual, 8))('changes nothing elsewhere: %s', async (_name, plant) => {
    await host.sh(plant);
    const before = await host.sh(OUTSIDE);
    await clean().catch((error: unknown) => {
      expect(error).toMatchObject({ reason: 'Unsupported' });
    });
    expect(await host.sh(OUTSIDE)).toBe(before);
  });

  it('never unmounts or removes a path that only starts with the same name', async () => {
    await host.sh('mkdir -p /var/lib/kubelet-other; mount --bind /srv/a /var/lib/kubelet-other');
    await clean();
    expect(await host.sh('cat /var/lib/kubelet-other/file')).toBe('precious');
  });
});
