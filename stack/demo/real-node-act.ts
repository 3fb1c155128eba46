import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { awaitCondition } from '../processes/await-condition.ts';
import type { KubernetesObject } from '../cluster-fixtures/kubernetes-object.ts';
import type { RealNode } from '../hosts/real-node.ts';
import type { Stack } from '../stack.ts';
import { AvailabilityObserver, isAvailable } from './availability.ts';
import { startDemoWorker } from './demo-worker.ts';
import { proveHostClean, proveOnHost } from './host-proofs.ts';
import { proveAvailability, proveEnding, proveEvictedOnce, proveNodeGone, showProofs, type Proof } from './proofs.ts';
import { REAL_WORKLOADS, STATIC_POD, WEB_COUNT } from './real-workloads.ts';
import { showRealRollback } from './real-rollback-act.ts';
import { headline, print, runCommand } from './terminal.ts';

const NAMESPACE = 'default';

/**
 * The third and the fourth act: a real node (systemd, sshd, containerd, kubelet) with every kind of pod is decommissioned, including its
 * host, and its pods move to a second one; then the decommission of that one cannot finish and is undone.
 * @param stack started with `realNodes`
 * @returns the number of claims that do not hold
 */
export const showRealNodes = async (stack: Stack): Promise<number> => {
  headline('3. A real node: systemd, sshd, containerd, kubelet');
  const [node] = (await stack.createRealNodes([{ name: 'real-1', staticPods: [STATIC_POD] }])) as [RealNode];
  await stack.apply(REAL_WORKLOADS);
  await awaitEachKind(stack, node);
  const [other] = (await stack.createRealNodes([{ name: 'real-2' }])) as [RealNode];
  const environment = await startDemoWorker(stack, {
    waits: { staysGoneSeconds: 5 },
    hosts: toHosts(stack, [node, other]),
  });
  print((await stack.kubectl(['get', 'nodes,pods', '-o', 'wide'])).stdout);
  const failures = await showDecommission(stack, environment, node, other);
  return failures + (await showRealRollback(stack, environment, other));
};

const showDecommission = async (
  stack: Stack,
  environment: NodeJS.ProcessEnv,
  node: RealNode,
  other: RealNode,
): Promise<number> => {
  await runCommand(environment, ['plan', node.name]);
  const uids = (await readPods(stack, node.name)).filter(isEvicted).map(({ metadata }) => metadata.uid ?? '');
  const mark = stack.markAudit();
  const observer = new AvailabilityObserver(stack, NAMESPACE);
  observer.start();
  const exitCode = await runCommand(environment, ['start', node.name, '--reason', 'demo', '--wait']);
  const lowest = await observer.stop();
  headline('Proofs from the API server and the host');
  const proofs = [
    proveEnding('the run ended as decommissioned', exitCode, 0),
    await proveNodeGone(stack, node.name),
    proveEvictedOnce(stack.auditEvents(mark), uids),
    // 25 % of them may be unavailable.
    proveAvailability(lowest, { web: WEB_COUNT - 1 }),
    ...(await proveHostClean(node)),
  ];
  print('  … the host is restarted');
  await node.reboot();
  return showProofs([
    ...proofs,
    await proveOnHost(
      node,
      'kubelet and containerd did not start with the host',
      'systemctl is-active kubelet containerd',
      'inactive\ninactive',
    ),
    { ...(await proveNodeGone(stack, node.name)), claim: `Node ${node.name} has not re-registered` },
    await proveTakenOver(stack, other),
  ]);
};

const toHosts = (stack: Stack, nodes: readonly RealNode[]): object => {
  const knownHosts = join(stack.directory, 'known_hosts');
  writeFileSync(knownHosts, nodes.map((node) => node.knownHosts).join(''));
  const [{ user, identityFile } = { user: 'ops', identityFile: '' }] = nodes;
  return { defaults: { user, sudo: true, identityFile, knownHosts: [knownHosts] } };
};

const readPods = (stack: Stack, nodeName: string): Promise<KubernetesObject[]> =>
  stack.api.list(`/api/v1/namespaces/${NAMESPACE}/pods?fieldSelector=spec.nodeName%3D${nodeName}`);

/** The static pod stays until the kubelet is stopped. */
const isEvicted = ({ metadata }: KubernetesObject): boolean =>
  metadata.annotations?.['kubernetes.io/config.mirror'] === undefined;

const toCounts = (pods: readonly KubernetesObject[], phase: string): Readonly<Record<string, number>> =>
  Object.fromEntries(
    ['web', 'agent', 'busy', 'done'].map((app) => [
      app,
      pods.filter(({ metadata, status }) => metadata.labels?.['app'] === app && status?.['phase'] === phase).length,
    ]),
  );

const awaitEachKind = async (stack: Stack, node: RealNode): Promise<void> => {
  await awaitCondition(`every kind of pod is on ${node.name}`, async () => {
    const pods = await readPods(stack, node.name);
    const running = toCounts(pods, 'Running');
    const isThere = running['web'] === WEB_COUNT && running['agent'] === 1 && running['busy'] === 1;
    return isThere && toCounts(pods, 'Succeeded')['done'] === 1;
  });
};

const proveTakenOver = async (stack: Stack, node: RealNode): Promise<Proof> => {
  let running: Readonly<Record<string, number>> = {};
  await awaitCondition('the workloads are Ready on the other node', async () => {
    running = toCounts((await readPods(stack, node.name)).filter(isAvailable), 'Running');
    return running['web'] === WEB_COUNT && running['busy'] === 1;
  }).catch(() => undefined); // The proof reports the counts.
  return {
    claim: `the workloads run on ${node.name}`,
    holds: running['web'] === WEB_COUNT && running['busy'] === 1,
    evidence: `Ready on it: ${running['web'] ?? 0} of ${WEB_COUNT} web pods, ${running['busy'] ?? 0} of 1 pod of the interrupted Job`,
  };
};
