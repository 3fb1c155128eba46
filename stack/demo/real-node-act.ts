import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { awaitCondition } from '../await-condition.ts';
import { pod } from '../cluster-fixtures/pods.ts';
import { FINISHING_CONTAINER, RUNNING_CONTAINER } from '../cluster-fixtures/real-container.ts';
import { daemonSet, deployment, job } from '../cluster-fixtures/workloads.ts';
import type { RealNode } from '../hosts/real-node.ts';
import type { Stack } from '../stack.ts';
import { startDemoWorker } from './demo-worker.ts';
import { proveNodeGone, showProofs, type Proof } from './proofs.ts';
import { headline, runCommand, say } from './terminal.ts';

const NAMESPACE = 'default';
const WEB_COUNT = 4;

/**
 * The third act: two real hosts (systemd, sshd, containerd, kubelet) join a control plane, one is decommissioned, host and all.
 * `stack`: started with `realNodes`. Gives the number of claims that did not hold.
 */
export const showRealNode = async (stack: Stack): Promise<number> => {
  headline('3. A real node: systemd, sshd, containerd, kubelet');
  const container = RUNNING_CONTAINER;
  const [node, other] = await stack.createRealNodes([
    { name: 'real-1', staticPods: [pod({ namespace: NAMESPACE, name: 'static', container })] },
    { name: 'real-2' },
  ]);
  if (!node || !other) throw new Error('There are no real nodes.');
  const environment = await startDemoWorker(stack, {
    waits: { staysGoneSeconds: 5 },
    hosts: toHosts(stack, [node, other]),
  });
  await stack.apply([
    deployment({ namespace: NAMESPACE, name: 'web', replicas: WEB_COUNT, pod: { container } }),
    daemonSet({ namespace: NAMESPACE, name: 'agent', pod: { container } }),
    job({ namespace: NAMESPACE, name: 'done', pod: { container: FINISHING_CONTAINER } }),
  ]);
  await stack.awaitPodsReady(NAMESPACE, 'app=web', WEB_COUNT);
  say((await stack.kubectl(['get', 'nodes,pods', '-o', 'wide'])).stdout);
  await runCommand(environment, ['start', node.name, '--reason', 'demo', '--wait']);

  headline('What the API server and the host say of it');
  await stack.awaitPodsReady(NAMESPACE, 'app=web', WEB_COUNT);
  const proofs = [
    await proveNodeGone(stack, node.name),
    await proveOnHost(node, 'no container of the cluster runs on the host', 'pgrep -c containerd-shim', '0'),
    await proveOnHost(
      node,
      'no credentials are left there',
      'find /etc/kubernetes /var/lib/kubelet/pki -type f | wc -l',
      '0',
    ),
    await proveOnHost(
      node,
      'nothing of a pod is mounted there',
      'grep -c /var/lib/kubelet/pods /proc/self/mountinfo',
      '0',
    ),
    await proveOnHost(node, 'its kubelet can never start again', 'systemctl is-enabled kubelet', 'masked'),
  ];
  say('  … the host is restarted');
  await node.reboot();
  return showProofs([
    ...proofs,
    await proveOnHost(node, 'nor did it start with the host', 'systemctl is-active kubelet', 'inactive'),
    { ...(await proveNodeGone(stack, node.name)), claim: `Node ${node.name} has not come back` },
    await proveReady(stack, other),
  ]);
};

const toHosts = (stack: Stack, nodes: readonly RealNode[]): object => {
  const knownHosts = join(stack.directory, 'known_hosts');
  writeFileSync(knownHosts, nodes.map((node) => node.knownHosts).join(''));
  const [{ user, identityFile } = { user: 'ops', identityFile: '' }] = nodes;
  return { defaults: { user, sudo: true, identityFile, knownHosts: [knownHosts] } };
};

const proveOnHost = async (node: RealNode, claim: string, command: string, expected: string): Promise<Proof> => {
  const { stdout } = await node.exec(command);
  return { claim, holds: stdout.trim() === expected, evidence: `${node.name}# ${command}: ${stdout.trim()}` };
};

const proveReady = async (stack: Stack, node: RealNode): Promise<Proof> => {
  let count = 0;
  await awaitCondition('all web pods are Ready on the other node', async () => {
    const pods = await stack.api.list(`/api/v1/namespaces/${NAMESPACE}/pods?labelSelector=app%3Dweb`);
    count = pods.filter(({ spec }) => spec?.['nodeName'] === node.name).length;
    return count === WEB_COUNT;
  }).catch(() => undefined); // The proof says what was seen.
  return {
    claim: `the workload lives on ${node.name}`,
    holds: count === WEB_COUNT,
    evidence: `${count} of ${WEB_COUNT} web pods are on ${node.name}`,
  };
};
