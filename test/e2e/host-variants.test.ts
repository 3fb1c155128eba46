import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { pod } from '../../stack/cluster-fixtures/pods.ts';
import { RUNNING_CONTAINER } from '../../stack/cluster-fixtures/real-container.ts';
import { daemonSet } from '../../stack/cluster-fixtures/workloads.ts';
import { BUSYBOX_IMAGE } from '../../stack/hosts/container-images.ts';
import type { RealNode } from '../../stack/hosts/real-node.ts';
import { isLongRun, itInLongRun } from '../long-run.ts';
import { recordCase } from '../ssh/host/case-table.ts';
import { startHarness, toKnownHostsPath, type Harness } from './harness/harness.ts';
import { describeOnRealNodes } from './harness/on-real-nodes.ts';

const container = RUNNING_CONTAINER;
const STATIC_POD = pod({ namespace: 'default', name: 'static', container });

/** Removes docker and crictl from the host, including their units. */
const WITHOUT_TOOLS = [
  'systemctl disable --now docker.service docker.socket 2>/dev/null',
  'rm -f /usr/local/bin/crictl /usr/bin/docker* /usr/sbin/docker* /lib/systemd/system/docker.* /etc/init.d/docker',
  'systemctl daemon-reload',
].join('; ');

describeOnRealNodes('a host', () => {
  let harness: Harness;
  let crowded: RealNode;
  /** Only in `npm run test:long`. */
  let plain: RealNode | undefined;

  beforeAll(async () => {
    harness = await startHarness({ realNodes: true });
    const { stack } = harness;
    const hosts = await stack.createRealNodes([
      { name: 'crowded', staticPods: [STATIC_POD], docker: true },
      ...(isLongRun ? [{ name: 'plain', staticPods: [STATIC_POD] }] : []),
    ]);
    [crowded, plain] = hosts as [RealNode, RealNode?];
    writeFileSync(toKnownHostsPath(stack), hosts.map(({ knownHosts }) => knownHosts).join(''));
    await plain?.exec(WITHOUT_TOOLS);
    await stack.apply([
      daemonSet({ namespace: 'default', name: 'agent', pod: { container, tolerations: [{ operator: 'Exists' }] } }),
    ]);
    await stack.awaitPodsReady('default', 'app=agent', hosts.length);
    await harness.startWorker();
  });

  afterAll(async () => {
    await harness.stop();
  });

  /** The output for users, with the exit code as its last line. */
  const start = async (...words: readonly string[]): Promise<string> => {
    const { exitCode, stdout, stderr } = await harness.runCli(['start', ...words, '--wait']);
    return `${stderr}\n${stdout}\nexit code ${exitCode}`;
  };

  describe('without docker and without crictl', () => {
    itInLongRun('is cleaned with the available tools', async () => {
      expect(await start('plain', '--no-delete-node')).toMatch(/exit code 0$/);
      expect(await plain!.read('pgrep -c containerd-shim || true')).toBe('0\n');
      expect(await plain!.read('ls -A /run/netns 2>/dev/null | wc -l')).toBe('0\n');
      expect(await plain!.read('systemctl is-enabled kubelet containerd || true')).toBe('masked\nmasked\n');
      expect(await plain!.read('find /etc/kubernetes /var/lib/kubelet -type f | wc -l')).toBe('0\n');
      recordCase({
        layout: 'no docker and no crictl',
        how: 'real host',
        outcome: 'cleaned',
        stays: 'nothing of others is there',
      });
    });

    itInLongRun('that was cleaned before is not proven, and the message names the remedy', async () => {
      expect(await start('plain')).toMatch(/HostNotProven[^]*hostCleanup: skip[^]*exit code 3$/);
      recordCase({
        layout: 'a host that was cleaned before',
        how: 'real host',
        outcome: 'refused',
        stays: 'everything; its Node',
      });
    });

    itInLongRun('that was cleaned before does not prevent the deletion of its Node', async () => {
      expect(await start('plain', '--host-cleanup', 'skip')).toMatch(/exit code 0$/);
      expect(await harness.stack.api.find('/api/v1/nodes/plain')).toBeUndefined();
    });

    itInLongRun('of a deleted Node is refused', async () => {
      expect(await start('plain')).toMatch(/NodeNotFound[^]*exit code 3$/);
    });
  });

  describe('that other workloads use too', () => {
    const kubeconfig = (): string => {
      const { serverUrl } = harness.stack;
      return stringify({
        apiVersion: 'v1',
        kind: 'Config',
        'current-context': 'ours',
        clusters: [
          { name: 'ours', cluster: { server: serverUrl } },
          { name: 'theirs', cluster: { server: 'https://192.0.2.1:6443' } },
        ],
        users: [
          { name: 'me', user: { token: 'ours' } },
          { name: 'them', user: { token: 'theirs' } },
        ],
        contexts: [
          { name: 'ours', context: { cluster: 'ours', user: 'me' } },
          { name: 'theirs', context: { cluster: 'theirs', user: 'them' } },
        ],
      });
    };
    /** What does not belong to Kubernetes: containers with their processes, images, a volume with its data. */
    const readForeign = (): Promise<string> =>
      crowded.read(
        [
          'docker ps --no-trunc --format "{{.ID}} {{.Names}} {{.Status}}" | sed "s/ Up .*/ Up/"',
          'docker inspect --format "{{.State.Pid}} {{.State.StartedAt}}" guest',
          'systemctl is-enabled docker docker.socket containerd',
          'docker images --no-trunc --quiet | sort; docker volume ls --quiet; docker exec guest cat /data/note',
          'ctr -n others containers ls; ctr -n others tasks ls; ctr -n others images ls -q',
        ].join('; '),
      );

    it('keeps other containers, images and volumes, and kubeconfig entries of other clusters', async () => {
      await crowded.read(
        `docker run --detach --init --name guest --volume guest-data:/data ${BUSYBOX_IMAGE} sh -c 'echo kept >/data/note; sleep 6000'`,
      );
      const foreign = await crowded.ssh(
        `sudo sh -c 'ctr -n others images import /opt/images/busybox.tar && ctr -n others run --detach ${BUSYBOX_IMAGE} foreign sleep 6000'`,
      );
      expect(foreign).toMatchObject({ exitCode: 0, stderr: '' });
      await crowded.read(`mkdir -p /root/.kube && cat >/root/.kube/config <<'END'\n${kubeconfig()}END`);
      const before = await readForeign();
      expect(before).toContain('guest Up');
      expect(before).toMatch(/foreign +\d+ +RUNNING/);

      expect(await start('crowded')).toMatch(/exit code 0$/);
      expect(await readForeign()).toBe(before);
      const left = await crowded.read('cat /root/.kube/config');
      expect(left).toContain('https://192.0.2.1:6443');
      expect(left).not.toContain(harness.stack.serverUrl);
      expect(left).not.toContain('token: ours');
      expect(await crowded.read('systemctl is-active kubelet docker containerd || true')).toBe(
        'inactive\nactive\nactive\n',
      );
      expect(await crowded.read('ctr -n k8s.io containers ls -q')).toBe('');
      recordCase({
        layout: "docker and containerd with containers of others; entries of two clusters in root's kubeconfig",
        how: 'real host',
        outcome: 'cleaned',
        stays: "both containers, same PIDs; the volume's file; docker and containerd; the other cluster's entry",
      });
    });
  });
});
