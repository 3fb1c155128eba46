import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { awaitCondition } from '../../stack/processes/await-condition.ts';
import { readCacheDirectory } from '../../src/config/cache-directory.ts';
import type { KubernetesObject } from '../../stack/cluster-fixtures/kubernetes-object.ts';
import { pod } from '../../stack/cluster-fixtures/pods.ts';
import { FINISHING_CONTAINER, RUNNING_CONTAINER } from '../../stack/cluster-fixtures/real-container.ts';
import { daemonSet, deployment, job } from '../../stack/cluster-fixtures/workloads.ts';
import type { RealNode } from '../../stack/hosts/real-node.ts';
import { runCommand } from '../../stack/processes/run-command.ts';
import { isRunning } from '../../stack/processes/process-group.ts';
import type { Stack } from '../../stack/stack.ts';
import { startStack } from '../../stack/start-stack.ts';
import { sweepRuns } from '../../stack/processes/sweep-runs.ts';
import { describeOnRealNodes } from './harness/on-real-nodes.ts';
import type { RunNote } from './harness/real-node-run.ts';
import { listNamespaceProcesses, NOTHING, readRunLeftovers } from './harness/run-leftovers.ts';

// Cold, the first run compiles the kubelet and builds the image.
const namespace = 'default';
const onNode = (name: string): { nodeSelector: Record<string, string> } => ({
  nodeSelector: { 'kubernetes.io/hostname': name },
});

describeOnRealNodes('real nodes', () => {
  let stack: Stack;
  let first: RealNode;
  let second: RealNode;

  const readNode = (name: string): Promise<KubernetesObject> => stack.api.read(`/api/v1/nodes/${name}`);
  const readBootId = async (name: string): Promise<unknown> =>
    ((await readNode(name)).status?.['nodeInfo'] as { bootID: string }).bootID;

  beforeAll(async () => {
    stack = await startStack({ realNodes: true });
    [first, second] = (await stack.createRealNodes([
      {
        name: 'real-a',
        labels: { zone: 'a' },
        staticPods: [pod({ namespace, name: 'static', container: RUNNING_CONTAINER })],
        files: { '/root/.kube/config': 'of another cluster\n' },
      },
      { name: 'real-b', docker: true },
    ])) as [RealNode, RealNode];
  });
  afterAll(async () => {
    const { directory, runId } = stack;
    const processes = listNamespaceProcesses(runId);
    expect(processes.length).toBeGreaterThan(10);
    await stack.stop();
    expect(readRunLeftovers(directory, runId)).toEqual(NOTHING);
    expect(processes.filter(isRunning)).toEqual([]);
  });

  it('join the control plane in addition to a simulated one', async () => {
    await stack.createNodes([{ name: 'simulated', taints: [{ key: 'simulated', effect: 'NoSchedule' }] }]);
    const nodes = await stack.api.list('/api/v1/nodes');
    expect(nodes.map(({ metadata }) => metadata.name)).toEqual(['real-a', 'real-b', 'simulated']);
    expect((await readNode('real-a')).metadata.labels).toMatchObject({ zone: 'a' });
    expect((await readNode('real-a')).status).toMatchObject({
      nodeInfo: { kubeletVersion: 'v1.36.3', machineID: (await first.read('cat /etc/machine-id')).trim() },
      addresses: expect.arrayContaining([{ type: 'InternalIP', address: first.address }]) as unknown,
    });
  });

  it('run the pods of a Deployment, a DaemonSet and a Job, a finished pod and a static one', async () => {
    const running = { ...onNode('real-a'), container: RUNNING_CONTAINER };
    await stack.apply([
      deployment({ namespace, name: 'web', replicas: 2, pod: running }),
      daemonSet({ namespace, name: 'agent', pod: running }),
      job({ namespace, name: 'batch', pod: running }),
      job({ namespace, name: 'done', pod: { ...onNode('real-a'), container: FINISHING_CONTAINER } }),
    ]);
    for (const [app, count] of Object.entries({ web: 2, agent: 1, batch: 1 }))
      await stack.awaitPodsReady(namespace, `app=${app}`, count);
    await awaitCondition('the job is done', async () => {
      const [finished] = await stack.api.list(`/api/v1/namespaces/${namespace}/pods?labelSelector=app%3Ddone`);
      return finished?.status?.['phase'] === 'Succeeded';
    });
    const mirror = await stack.api.read(`/api/v1/namespaces/${namespace}/pods/static-real-a`);
    expect(mirror.metadata.annotations).toHaveProperty(['kubernetes.io/config.mirror']);

    const pods = JSON.parse(await first.read('crictl pods -o json')) as { items: { state: string }[] };
    expect(pods.items.filter(({ state }) => state === 'SANDBOX_READY')).toHaveLength(5);
    expect((await first.read('crictl ps -q')).trim().split('\n')).toHaveLength(5);
    expect((await first.read('crictl ps -aq')).trim().split('\n')).toHaveLength(6);
    const printed = await stack.kubectl(['exec', 'static-real-a', '--', 'cat', '/etc/hostname']);
    expect(printed).toMatchObject({ exitCode: 0, stdout: 'static-real-a\n' });
  });

  it('are laid out as kubeadm leaves them', async () => {
    const certificate = await first.read('cat /var/lib/kubelet/pki/kubelet-client-current.pem');
    expect(new X509Certificate(certificate).subject).toBe('O=system:nodes\nCN=system:node:real-a');
    expect(await first.read('systemctl show --property=FragmentPath,DropInPaths --value kubelet')).toBe(
      '/lib/systemd/system/kubelet.service\n/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf\n',
    );
    expect(await first.read('grep -c certificate-authority-data: /etc/kubernetes/kubelet.conf')).toBe('1\n');
    expect(await first.read('stat -c %a%U /etc/kubernetes/kubelet.conf /root/.kube/config')).toBe('600root\n600root\n');
    expect(await first.read('systemctl --failed --quiet --no-legend')).toBe('');
  });

  it('accept SSH from a client with their host key, and sudo from a permitted user', async () => {
    expect(await first.ssh('sudo -n id -un')).toMatchObject({ exitCode: 0, stdout: 'root\n' });
    expect(await first.ssh('id -un; sudo -n id -un', 'guest')).toMatchObject({ exitCode: 1, stdout: 'guest\n' });
    expect(await first.ssh('id -un', 'root')).toMatchObject({ exitCode: 0, stdout: 'root\n' });
    expect(first.hostKeys).not.toEqual(second.hostKeys);

    const strict = ['StrictHostKeyChecking=yes', 'UserKnownHostsFile=/dev/null', 'BatchMode=yes'];
    const flags = ['-F', 'none', '-i', first.identityFile, ...strict.flatMap((option) => ['-o', option])];
    const refused = await runCommand('ssh', [...flags, `ops@${first.address}`, 'true']);
    expect(refused).toMatchObject({
      exitCode: 255,
      stderr: expect.stringContaining('Host key verification failed') as unknown,
    });
  });

  it('have docker if requested', async () => {
    expect(await second.read('docker run --detach --init localhost/busybox:1 sleep 600')).toMatch(/^[0-9a-f]{64}\n$/);
    expect(await second.read('docker ps --quiet')).not.toBe('');
    expect((await first.exec('systemctl is-active docker docker.socket')).stdout).toBe('inactive\ninactive\n');
  });

  it('reach nothing but their own subnet', async () => {
    expect(await first.read('ip -4 route show default')).toBe('');
    expect((await first.exec('timeout 3 bash -c "</dev/tcp/192.0.2.1/80"')).stderr).toContain('Network is unreachable');
  });

  it('re-register after a reboot as another boot of the same machine', async () => {
    const [bootId, machineId] = [await readBootId('real-a'), await first.read('cat /etc/machine-id')];
    await first.reboot();
    await first.awaitReady();
    expect(await readBootId('real-a')).not.toBe(bootId);
    expect(await first.read('cat /etc/machine-id')).toBe(machineId);
    await stack.awaitPodsReady(namespace, 'app=web', 2);
    expect(await first.ssh('true')).toMatchObject({ exitCode: 0 });
  });

  it('do not respond when they are disconnected', async () => {
    await first.setReachable(false);
    const flags = ['-F', 'none', '-o', 'ConnectTimeout=2', '-o', 'BatchMode=yes'];
    expect((await runCommand('ssh', [...flags, `ops@${first.address}`, 'true'])).stderr).toMatch(
      /timed out|No route to host/,
    );
    await first.setReachable(true);
    expect(await first.ssh('true')).toMatchObject({ exitCode: 0 });
  });

  it('leave no process and no mount when they are powered off, and keep their disk', async () => {
    const processes = (): string[] =>
      readRunLeftovers(stack.directory, stack.runId).processes.filter((line) => line.includes('real-b'));
    expect(processes()).not.toEqual([]);
    await second.exec('echo kept > /root/note');
    await second.powerOff();
    expect(second.isOn()).toBe(false);
    expect(processes()).toEqual([]);
    expect(readRunLeftovers(stack.directory, stack.runId).mounts).toEqual([]);

    await second.powerOn();
    await second.awaitReady();
    expect(await second.read('cat /root/note')).toBe('kept\n');
    await second.cutPower();
    expect(second.isOn()).toBe(false);
  });

  describe('of two runs at once', () => {
    let baseDirectory: string;
    let other: ChildProcess;
    let note: RunNote;

    beforeAll(async () => {
      // Not in /tmp, which may be in memory: overlays and images need a disk.
      baseDirectory = mkdtempSync(join(readCacheDirectory(), 'real-node-test-'));
      const program = join(import.meta.dirname, 'harness/real-node-run.ts');
      other = spawn(process.execPath, [program, baseDirectory, 'real-a'], { stdio: ['ignore', 'pipe', 'inherit'] });
      note = await readNote(other);
    });
    afterAll(() => {
      other.kill('SIGKILL');
      sweepRuns(baseDirectory);
      rmSync(baseDirectory, { recursive: true, force: true });
    });

    it('do not affect each other', async () => {
      const { hostname, port } = new URL(note.serverUrl);
      expect(note.nodeNames).toEqual(['real-a']);
      expect(note.machineId).not.toBe((await first.read('cat /etc/machine-id')).trim());
      expect(toSubnet(note.address)).toBe(toSubnet(hostname));
      expect(toSubnet(note.address)).not.toBe(toSubnet(first.address));
      for (const target of [`${hostname}/${port}`, `${note.address}/22`]) {
        const tried = await first.exec(`timeout 3 bash -c "</dev/tcp/${target}"`);
        expect(tried).toMatchObject({
          exitCode: 1,
          stderr: expect.stringContaining('Network is unreachable') as unknown,
        });
      }
    });

    it('leave nothing after the next sweep when one is killed, and the other is unaffected', async () => {
      const runPath = join(baseDirectory, 'runs', note.runId);
      expect(readRunLeftovers(runPath, note.runId).processes).not.toEqual([]);
      other.kill('SIGKILL');
      await awaitCondition('the owner is gone', () => other.signalCode !== null);
      sweepRuns(baseDirectory);
      await awaitCondition('the kernel has removed the link', () => !readRunLeftovers(runPath, note.runId).hasLink);
      expect(readRunLeftovers(runPath, note.runId)).toEqual(NOTHING);
      expect(await first.ssh('true')).toMatchObject({ exitCode: 0 });
    });
  });
});

const toSubnet = (address: string): string => address.replace(/\.\d+$/, '');

const readNote = (child: ChildProcess): Promise<RunNote> =>
  new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.endsWith('\n')) resolve(JSON.parse(text) as RunNote);
    });
    child.on('exit', (code) => {
      reject(new Error(`The other run exited with ${code === null ? 'a signal' : `code ${code}`}.`));
    });
  });
