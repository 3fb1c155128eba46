import { describe, expect, it, jest } from '@jest/globals';
import { boundRows, itInLongRun } from '../../long-run.ts';
import { runStage, toLines } from './run-stage.ts';
import { describeOnScratchHost, useScratchHost } from './scratch-host.ts';
import {
  KUBEADM_FLAGS,
  KUBELET_UNITS,
  plantWorker,
  stageInput,
  toFile,
  toKubelet,
  toUnitProcess,
  toUnit,
  WORKER_FACTS,
} from './worker-node.ts';

jest.setTimeout(60_000);

describeOnScratchHost("the kubelet's facts", () => {
  const host = useScratchHost(undefined, plantWorker);
  const read = async (): Promise<Readonly<Record<string, readonly string[]>>> => {
    const { layout } = await host.connect().readFacts(KUBELET_UNITS);
    const values: Record<string, string[]> = {};
    for (const { name, value } of layout.facts) values[name] = [...(values[name] ?? []), value];
    return values;
  };

  it('are those of a kubelet that kubeadm set up', async () => {
    expect(await read()).toEqual(
      Object.fromEntries(Object.entries(WORKER_FACTS).map(([name, value]) => [name, [value]])),
    );
  });

  const config = (text: string): string => toFile('/var/lib/kubelet/config.yaml', text);
  const rows: [name: string, plant: string, fact: string, values: readonly string[]][] = [
    [
      'the last of a repeated flag',
      toKubelet(['--root-dir=/data/a', '--root-dir=/data/b']),
      'KUBELET_ROOT',
      ['/data/b'],
    ],
    ['a flag and its value as two words', toKubelet(['--root-dir', '/data/b']), 'KUBELET_ROOT', ['/data/b']],
    ['a flag with underscores', toKubelet(['--root_dir=/data/b']), 'KUBELET_ROOT', ['/data/b']],
    [
      'an endpoint below /var/run',
      toKubelet(['--container-runtime-endpoint=unix:///var/run/x.sock']),
      'KUBELET_ENDPOINT',
      ['/run/x.sock'],
    ],
    [
      'an endpoint of the configuration',
      config('containerRuntimeEndpoint: unix:///run/y.sock\n'),
      'KUBELET_ENDPOINT',
      ['/run/y.sock'],
    ],
    [
      'an endpoint in quotes with a comment',
      config(`containerRuntimeEndpoint: "unix:///run/y.sock" # the second\n`),
      'KUBELET_ENDPOINT',
      ['/run/y.sock'],
    ],
    [
      'a configuration in JSON',
      config('{"kind": "KubeletConfiguration", "containerRuntimeEndpoint": "/run/z.sock", "port": 10260}'),
      'KUBELET_ENDPOINT',
      ['/run/z.sock'],
    ],
    ['a port in JSON', config('{"healthzPort": 1, "port": 10260}'), 'KUBELET_PORT', ['10260']],
    ['a path with a space', config('podLogsDir: /srv/pod logs\n'), 'KUBELET_POD_LOGS', ['/srv/pod logs']],
    [
      'a flag over the configuration',
      `${config('staticPodPath: /a\n')}\n${toKubelet([...KUBEADM_FLAGS, '--pod-manifest-path=/b'])}`,
      'KUBELET_STATIC_PODS',
      ['/b'],
    ],
    [
      'the last of the drop-in files',
      `${config('staticPodPath: /a\n')}
      ${toFile('/etc/kubelet.d/10-a.conf', 'staticPodPath: /b\n')}\n${toFile('/etc/kubelet.d/20-b.conf', 'staticPodPath: /c\n')}
      ${toFile('/etc/kubelet.d/30-ignored.yaml', 'staticPodPath: /d\n')}
      ${toKubelet([...KUBEADM_FLAGS, '--config-dir=/etc/kubelet.d'])}`,
      'KUBELET_STATIC_PODS',
      ['/c'],
    ],
    [
      'every file that flags and configuration name',
      `${config('tlsPrivateKeyFile: /opt/k/kubelet.key\nauthentication: { x509: { clientCAFile: /opt/k/ca.crt } }\n')}
      ${toKubelet([...KUBEADM_FLAGS, '--tls-cert-file=/opt/k/kubelet.crt'])}`,
      'KUBELET_FILES',
      ['/opt/k/kubelet.crt', '/opt/k/kubelet.key', '/opt/k/ca.crt'],
    ],
    [
      'a child of the process that the unit started',
      `rm /run/stub/pids/kubelet.service; echo 1 >/run/stub/pids/kubelet.service
      kill "$(cat /sys/fs/cgroup/system.slice/kubelet.service/cgroup.procs)"; rm /sys/fs/cgroup/system.slice/kubelet.service/cgroup.procs
      ${toUnitProcess('kubelet.service', '/usr/local/bin/k0s', ['worker'])}
      ${toUnitProcess('kubelet.service', '/var/lib/k0s/bin/kubelet', ['--root-dir=/data/k0s/kubelet'])}`,
      'KUBELET_ROOT',
      ['/data/k0s/kubelet'],
    ],
  ];
  it.each(boundRows(rows, 6))('are read from %s', async (_name, plant, fact, values) => {
    await host.sh(plant);
    expect((await read())[fact]).toEqual(values);
  });

  const unknown: [name: string, plant: string, what: RegExp, command: RegExp][] = [
    [
      'no kubelet runs',
      'kill "$(cat /run/stub/pids/kubelet.service)"; sleep 0.1',
      /^which kubelet runs/,
      /^systemctl status kubelet\.service$/,
    ],
    [
      'two kubelets run',
      toUnitProcess('kubelet.service', '/usr/bin/kubelet', []),
      /^which of several kubelets/,
      /systemctl status/,
    ],
    [
      'it has no kubeconfig',
      toKubelet(['--root-dir=/var/lib/kubelet']),
      /^which kubeconfig/,
      /^tr .* <\/proc\/\d+\/cmdline$/,
    ],
    ['its configuration cannot be read', 'rm /var/lib/kubelet/config.yaml', /config\.yaml cannot be read/, /^ls -l/],
    [
      'its runtime is not local',
      toKubelet([...KUBEADM_FLAGS, '--container-runtime-endpoint=tcp://x:1']),
      /^which container runtime/,
      /cmdline$/,
    ],
    [
      'it has another root directory',
      `kill "$(cat /run/stub/pids/kubelet.service)"; rm /run/stub/pids/kubelet.service /sys/fs/cgroup/system.slice/kubelet.service/cgroup.procs
      mkdir -p /srv/root; mount --rbind / /srv/root
      setsid /usr/sbin/chroot /srv/root perl -e 'exec {"/usr/bin/perl"} @ARGV' -- /usr/bin/kubelet -e 'sleep 600' </dev/null >/dev/null 2>&1 &
      echo $! >/sys/fs/cgroup/system.slice/kubelet.service/cgroup.procs; sleep 0.3`,
      /changed root directory$/,
      /systemctl status/,
    ],
  ];
  it.each(boundRows(unknown, 4))(
    'are unknown, with a command that shows more, when %s',
    async (_name, plant, what, command) => {
      await host.sh(plant);
      const { unknowns } = await host.connect().readFacts(KUBELET_UNITS);
      expect(unknowns).toContainEqual({
        what: expect.stringMatching(what) as unknown,
        command: expect.stringMatching(command) as unknown,
      });
    },
  );

  it('are known for a kubelet that kubeadm set up', async () => {
    expect((await host.connect().readFacts(KUBELET_UNITS)).unknowns).toEqual([]);
  });

  describe('bind the stages', () => {
    const isOn = async (): Promise<boolean> =>
      (await host.sh('cat /run/stub/units/kubelet.service')) === 'loaded active enabled';

    it('which refuse a kubelet that was restarted with other flags', async () => {
      const { layout } = await host.connect().readFacts(KUBELET_UNITS);
      await host.sh(toKubelet([...KUBEADM_FLAGS, '--root-dir=/data/kubelet']));
      expect(toLines(await runStage(host.connect(), 'stopKubelet', stageInput({ layout })))).toEqual([
        "Failed kubelet's facts: the running kubelet differs from the one that preflight saw (KUBELET_ROOT /data/kubelet); no step was tried: start again",
      ]);
      expect(await isOn()).toBe(true);
    });

    it('which refuse a host without facts', async () => {
      const layout = { facts: [], preview: { touched: [], kept: [] } };
      expect(toLines(await runStage(host.connect(), 'stopKubelet', stageInput({ layout })))).toEqual([
        "Failed kubelet's facts: preflight recorded none for this host; no step was tried",
      ]);
      expect(await isOn()).toBe(true);
    });

    itInLongRun('which leave a unit alone that is not on the list', async () => {
      const { facts } = (await host.connect().readFacts(KUBELET_UNITS)).layout;
      const layout = { facts, preview: { touched: [], kept: [] } };
      const [first] = toLines(await runStage(host.connect(), 'stopKubelet', stageInput({ layout })));
      expect(first).toMatch(/^Failed kubelet\.service stopped: it is not on the list that preflight made/);
      expect(await isOn()).toBe(true);
    });

    it('also after the kubelet and its unit are gone', async () => {
      await host.sh(
        `mkdir -p /data/kubelet/pki /data/kubelet/pods; ${toKubelet([...KUBEADM_FLAGS, '--root-dir=/data/kubelet'])}`,
      );
      await runStage(host.connect(), 'stopKubelet');
      await host.sh(`echo x >/data/kubelet/cpu_manager_state; echo x >/data/kubelet/backup`);
      expect(await runStage(host.connect(), 'cleanHost')).toMatchObject({ kind: 'Ended' });
      expect(await host.sh('ls /data/kubelet')).toBe('backup\npki');
    });
  });

  it('are found by the name of another unit', async () => {
    await host.sh(
      `${toUnit('k0sworker.service')}\n${toUnitProcess('k0sworker.service', '/usr/bin/kubelet', ['--root-dir=/data/x'])}`,
    );
    const { layout } = await host.connect().readFacts(['k0sworker.service']);
    expect(layout.facts).toContainEqual({ name: 'KUBELET_ROOT', value: '/data/x' });
  });
});
