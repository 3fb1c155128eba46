import { beforeEach, expect, it, jest } from '@jest/globals';
import { recordCase } from '../../ssh/host/case-table.ts';
import {
  POD,
  readChecksums,
  setKubeletFlags,
  STATIC_POD,
  toKept,
  toKubeletFiles,
} from '../../ssh/host/kubelet-layout.ts';
import { runStage, toLines } from '../../ssh/host/run-stage.ts';
import { describeOnScratchHost, useScratchHost } from '../../ssh/host/scratch-host.ts';
import { KUBELET_UNITS, plantWorker, toFile } from '../../ssh/host/worker-node.ts';

jest.setTimeout(60_000);

describeOnScratchHost('a root directory of the kubelet that other programs use too', () => {
  const host = useScratchHost(undefined, plantWorker);
  const clean = async (): Promise<readonly string[]> => toLines(await runStage(host.connect(), 'cleanHost'));
  beforeEach(async () => {
    await host.sh(
      'for folder in a b c; do mkdir -p /srv/$folder/deep; echo precious >/srv/$folder/file; echo precious >/srv/$folder/deep/file; done',
    );
  });

  /** Everything here is someone else's, whatever its name. */
  const plantForeign = (root: string): string => `
    mkdir -p '${root}/postgres/base' '${root}/backup 2026' '${root}/pods/wal' '${root}/pods/${POD}/dump' '${root}/plugins/grafana/data' \\
      '${root}/seccomp' '${root}/pki' '${root}/checkpoints' '${root}/manifests'
    for file in postgres/base/1 'backup 2026/db.tar' pods/wal/1 pods/${POD}/dump/1 plugins/grafana/data/db seccomp/profile.json pki/ca.key \\
      checkpoints/1 manifests/x .hidden -rf config.yaml config.json kubeconfig cpu_manager_state.old; do
      echo precious >'${root}/'"$file"
    done
    echo precious >'${root}/two
lines'
    echo precious >"$(printf '%b' '${root}/pods/bell\\007')"
    ln -s /srv/a '${root}/link'; ln -s /srv/b/file '${root}/pods/link'
    chmod 000 '${root}/backup 2026'`;
  const FOREIGN = [
    '-rf',
    '.hidden',
    'backup 2026',
    'checkpoints/1',
    'config.json',
    'config.yaml',
    'cpu_manager_state.old',
    'kubeconfig',
    'link',
    'manifests',
    'pki',
    'plugins/grafana/data',
    `pods/${POD}/dump`,
    'pods/bell?',
    'pods/link',
    'pods/wal',
    'postgres',
    'seccomp',
    'two?lines',
  ];

  const roots: [name: string, root: string, flag: string, plant: string][] = [
    ['two levels deep', '/mnt/data', '/mnt/data', ''],
    ['one level deep', '/data', '/data', ''],
    ['in the folder of all homes', '/home/kubelet', '/home/kubelet', ''],
    ['with a space', '/mnt/with space', '/mnt/with space', ''],
    [
      'behind a link that the flag names',
      '/mnt/data',
      '/opt/kubelet',
      'mkdir -p /opt /mnt/data; ln -s /mnt/data /opt/kubelet',
    ],
    [
      'behind a link with the usual name',
      '/mnt/data',
      '/var/lib/kubelet',
      'rm -r /var/lib/kubelet; mkdir -p /mnt/data; ln -s /mnt/data /var/lib/kubelet',
    ],
    ['on a disk of its own', '/mnt/data', '/mnt/data', 'mkdir -p /mnt/data; mount -t tmpfs disk /mnt/data'],
  ];
  it.each(roots)('loses only what a kubelet creates: %s', async (name, root, flag, plant) => {
    await host.sh(`${plant}\n${toKubeletFiles(root)}\n${plantForeign(root)}
      mkdir -p '${root}/pods/${POD}/volumes/kubernetes.io~secret/token'; mount -t tmpfs s '${root}/pods/${POD}/volumes/kubernetes.io~secret/token'`);
    await setKubeletFlags(host, [`--root-dir=${flag}`, '--config=/etc/kubernetes/kubelet.yaml']);
    const ours = ['-path', `'${root}/pods/${POD}/volumes*'`].join(' ');
    expect(await host.sh(`find '${root}' ${ours} | head -n 1`)).not.toBe('');
    const outside = await readChecksums(
      host,
      '/srv',
      ...FOREIGN.filter((name) => !name.includes('?')).map((name) => `${root}/${name}`),
    );
    const facts = await host.connect().readFacts(KUBELET_UNITS);
    expect(facts.mounts.map(({ path, podUid }) => [path, podUid])).toEqual([
      [`${root}/pods/${POD}/volumes/kubernetes.io~secret/token`, POD],
    ]);

    const lines = await clean();

    expect(lines.filter((line) => line.startsWith('Failed'))).toEqual([]);
    expect(
      await readChecksums(
        host,
        '/srv',
        ...FOREIGN.filter((name) => !name.includes('?')).map((name) => `${root}/${name}`),
      ),
    ).toBe(outside);
    expect(
      await host.sh(`cat '${root}/two
lines' '${root}'/pods/bell*`),
    ).toBe('precious\nprecious');
    // The certificates' directory is the default one, /var/lib/kubelet/pki.
    const pki = flag === '/var/lib/kubelet' ? 'pki/ca.key' : 'pki';
    expect(toKept(lines).filter((name) => name.startsWith(root))).toEqual(
      FOREIGN.map((name) => `${root}/${name === 'pki' ? pki : name}`).sort(),
    );
    const names = [POD, STATIC_POD].flatMap((uid) => [
      `pods/${uid}/etc-hosts`,
      `pods/${uid}/volumes`,
      `pods/${uid}/containers`,
    ]);
    for (const name of [
      ...names,
      'plugins/kubernetes.io',
      'cpu_manager_state',
      'memory_manager_state',
      'image_manager',
      'device-plugins',
    ]) {
      expect([name, await host.has(`${root}/${name}`)]).toEqual([name, false]);
    }
    expect((await host.connect().readFacts(KUBELET_UNITS)).mounts).toEqual([]);
    recordCase({
      layout: `a root directory that other programs use too: ${name}`,
      how: 'scratch',
      outcome: 'cleaned',
      stays: 'a database, backups, plugins and unknown entries, by checksum',
    });
  });

  it('has nothing removed in /var/lib/kubelet but the files that the kubelet names there', async () => {
    await host.sh(`${toKubeletFiles('/mnt/data')}\n${toKubeletFiles('/var/lib/kubelet')}
      ${toFile('/var/lib/kubelet/kubeadm-flags.env', 'X=y')}\n${toFile('/var/lib/kubelet/postgres/db', 'precious')}`);
    await setKubeletFlags(host, ['--root-dir=/mnt/data', '--config=/var/lib/kubelet/config.yaml']);
    const lines = await clean();
    expect(lines.filter((line) => line.startsWith('Failed'))).toEqual([]);
    expect((await host.sh('ls -A /var/lib/kubelet')).split('\n')).toEqual([
      '.hidden',
      'cpu_manager_state',
      'image_manager',
      'memory_manager_state',
      'plugins',
      'plugins_registry',
      'pods',
      'postgres',
    ]);
    expect(await host.sh('ls -A /mnt/data')).toBe('');
    expect(toKept(lines)).toContain('/var/lib/kubelet/postgres');
    recordCase({
      layout: '--root-dir=/mnt/data, and other files in /var/lib/kubelet',
      how: 'scratch',
      outcome: 'cleaned',
      stays: 'everything in /var/lib/kubelet that the kubelet does not name',
    });
  });

  it('is not everything of a directory that is bound to /var/lib/kubelet', async () => {
    await host.sh(`rm -r /var/lib/kubelet; mkdir -p /var/lib/kubelet /mnt/data; mount --bind /mnt/data /var/lib/kubelet
      ${toKubeletFiles('/mnt/data')}
      ${toFile('/mnt/data/postgres/db', 'precious')}`);
    const lines = await clean();
    expect(lines.filter((line) => line.startsWith('Failed'))).toEqual([]);
    expect(await host.sh('find /mnt/data -type f')).toBe('/mnt/data/postgres/db');
    expect(toKept(lines)).toEqual(['/var/lib/kubelet/postgres']);
    recordCase({
      layout: 'a directory that is bound to /var/lib/kubelet',
      how: 'scratch',
      outcome: 'cleaned',
      stays: 'a database in it',
    });
  });

  it('is emptied behind a link to its pods, and the link is removed after that', async () => {
    await host.sh(`mkdir -p /data; mv /var/lib/kubelet/pods /data/pods 2>/dev/null || mkdir -p /data/pods
      ${toKubeletFiles('/data')}
      rm -rf /data/plugins /data/image_manager /data/*_state /data/device-plugins /data/plugins_registry
      ${toFile('/data/pods/postgres/db', 'precious')}
      rm -rf /var/lib/kubelet/pods; ln -s /data/pods /var/lib/kubelet/pods
      mkdir -p /data/pods/${POD}/volumes/kubernetes.io~secret/token; mount -t tmpfs s /data/pods/${POD}/volumes/kubernetes.io~secret/token`);
    expect((await host.connect().readFacts(KUBELET_UNITS)).mounts).toMatchObject([{ podUid: POD }]);
    const lines = await clean();
    expect(lines.filter((line) => line.startsWith('Failed'))).toEqual([]);
    expect(await host.sh('find /data -type f; grep -c /data/ /proc/self/mountinfo; ls -A /var/lib/kubelet')).toBe(
      '/data/pods/postgres/db\n0',
    );
    expect(toKept(lines)).toEqual(['/data/pods/postgres']);
    recordCase({
      layout: '/var/lib/kubelet/pods is a link to another disk',
      how: 'scratch',
      outcome: 'cleaned',
      stays: 'a database beside the pods',
    });
  });
});
