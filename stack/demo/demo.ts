import { parseArgs } from 'node:util';
import pc from 'picocolors';
import { awaitCondition } from '../processes/await-condition.ts';
import { AvailabilityObserver } from './availability.ts';
import { awaitUndone } from './await-undone.ts';
import {
  proveAvailability,
  proveBudgetsReleased,
  proveCordonedMeanwhile,
  proveEnding,
  proveEvictedOnce,
  proveNodeGone,
  proveUndone,
  readNodeAndBudgets,
  showProofs,
} from './proofs.ts';
import { startDemoWorker } from './demo-worker.ts';
import { showRealNodes } from './real-node-act.ts';
import { NEVER_ALLOWS, SHOP, SHOP_NAMESPACE, SHOP_REPLICAS } from './shop.ts';
import { headline, print, runCommand } from './terminal.ts';
import { readRealNodesObstacle } from '../hosts/real-nodes.ts';
import { SCHEDULER_GROUPS } from '../programs/program-groups.ts';
import { ensurePrograms } from '../programs/programs.ts';
import type { Stack } from '../stack.ts';
import { startStack } from '../start-stack.ts';

/*
 * `npm run demo`: a decommission within budgets on a real control plane with simulated nodes; one that cannot finish and is undone; then
 * the same two with real nodes, including the host. Every proof is read from the API server, its audit log and the host.
 * `npm run demo -- --keep` keeps everything running until Ctrl-C; `-- --simulated` shows the first two only.
 */

const NODE_NAMES = ['node-1', 'node-2', 'node-3', 'node-4'];

const main = async (): Promise<number> => {
  const { values } = parseArgs({
    options: { keep: { type: 'boolean', default: false }, simulated: { type: 'boolean', default: false } },
  });
  headline('A real control plane on this machine');
  print(
    'etcd, API server, controller manager, scheduler, KWOK nodes and Temporal: those of this machine (KUBEBUILDER_ASSETS, PATH) where their versions fit; the others are compiled on the first run (up to twenty minutes).',
  );
  // Workers from a checkout find it in the cache.
  await ensurePrograms(SCHEDULER_GROUPS, print);
  const stack = await startStack({
    temporal: true,
    kwok: { podReadyMilliseconds: 1500, podTerminateMilliseconds: 3000 },
    useInstalledPrograms: true,
    onProgress: print,
  });
  try {
    const environment = await prepare(stack);
    const simulated = (await showSuccess(stack, environment)) + (await showRollback(stack, environment));
    const failures = simulated + (values.simulated ? 0 : await showRealActs());
    headline(failures === 0 ? 'All claims above are proved' : `${failures} claims do not hold`);
    print(
      `Temporal UI with both runs: ${pc.underline(stack.temporal.uiAddress ?? '')}${values.keep ? '' : '  (to keep it running: npm run demo -- --keep)'}`,
    );
    if (values.keep) await awaitInterrupt(stack);
    return failures === 0 ? 0 : 1;
  } finally {
    await stack.stop();
  }
};

/** On a separate control plane, since hosts reach it over a separate network. */
const showRealActs = async (): Promise<number> => {
  const obstacle = await readRealNodesObstacle();
  if (obstacle !== undefined) {
    headline('3., 4. REAL NODES ARE SKIPPED');
    print(obstacle);
    return 0;
  }
  const stack = await startStack({ realNodes: true, temporal: true, useInstalledPrograms: true, onProgress: print });
  try {
    return await showRealNodes(stack);
  } finally {
    await stack.stop();
  }
};

const prepare = async (stack: Stack): Promise<NodeJS.ProcessEnv> => {
  const waits = { settleSeconds: 2, emptyTwiceSeconds: 2, staysGoneSeconds: 5 };
  await stack.createNodes(NODE_NAMES.map((name) => ({ name })));
  await stack.createNamespace(SHOP_NAMESPACE);
  await stack.apply(SHOP);
  const environment = await startDemoWorker(stack, { waits });
  for (const [app, count] of Object.entries(SHOP_REPLICAS))
    await stack.awaitPodsReady(SHOP_NAMESPACE, `app=${app}`, count);
  print(`API server ${stack.serverUrl}, Temporal UI ${stack.temporal.uiAddress ?? ''}`);
  print((await stack.kubectl(['get', 'pods', '-n', SHOP_NAMESPACE, '-o', 'wide', '--sort-by=.spec.nodeName'])).stdout);
  return environment;
};

const showSuccess = async (stack: Stack, environment: NodeJS.ProcessEnv): Promise<number> => {
  const [nodeName = ''] = NODE_NAMES;
  headline(`1. Decommission ${nodeName}`);
  await runCommand(environment, ['plan', nodeName, '--host-cleanup', 'skip']);
  const uids = await readPodUids(stack, nodeName);
  const mark = stack.markAudit();
  const observer = new AvailabilityObserver(stack, SHOP_NAMESPACE);
  observer.start();
  const exitCode = await runCommand(environment, [
    'start',
    nodeName,
    '--host-cleanup',
    'skip',
    '--reason',
    'demo',
    '--wait',
  ]);
  const lowest = await observer.stop();
  for (const [app, count] of Object.entries(SHOP_REPLICAS))
    await stack.awaitPodsReady(SHOP_NAMESPACE, `app=${app}`, count);
  headline('Proofs from the API server');
  return showProofs([
    proveEnding('the run ended as decommissioned', exitCode, 0),
    await proveNodeGone(stack, nodeName),
    proveEvictedOnce(stack.auditEvents(mark), uids),
    // Unavailable at most: 25 % of 12 web pods, one of 6 api pods (their owner's budget), one of three database pods.
    proveAvailability(lowest, { web: 9, api: 5, database: 2 }),
    await proveBudgetsReleased(stack),
  ]);
};

const showRollback = async (stack: Stack, environment: NodeJS.ProcessEnv): Promise<number> => {
  const nodeName = NODE_NAMES[1] ?? '';
  headline(`2. Decommission ${nodeName}, which cannot finish: a budget never allows the evictions`);
  await stack.apply([NEVER_ALLOWS]);
  await awaitCondition('the disruption controller has observed the budget', async () => {
    const budget = await stack.api.read(
      `/apis/policy/v1/namespaces/${SHOP_NAMESPACE}/poddisruptionbudgets/web-owners-budget`,
    );
    return (budget.status?.['observedGeneration'] ?? 0) === 1;
  });
  const before = await readNodeAndBudgets(stack, nodeName);
  print('Preflight in its default mode refuses:');
  await runCommand(environment, ['plan', nodeName, '--host-cleanup', 'skip']);
  print('With --preflight warn the run proceeds, for 15 s:');
  const request = ['--host-cleanup', 'skip', '--preflight', 'warn', '--timeout-seconds', '15'];
  const mark = stack.markAudit();
  const exitCode = await runCommand(environment, ['start', nodeName, ...request, '--wait']);
  const after = await awaitUndone(stack, nodeName, before);
  headline('Proofs from the API server');
  return showProofs([
    proveEnding('the run ended as undone', exitCode, 1),
    proveCordonedMeanwhile(stack.auditEvents(mark), nodeName),
    proveUndone(nodeName, before, after),
    await proveBudgetsReleased(stack),
  ]);
};

/** Pods on the node that a decommission has to evict, those of the DaemonSet included. */
const readPodUids = async (stack: Stack, nodeName: string): Promise<readonly string[]> => {
  const pods = await stack.api.list(`/api/v1/pods?fieldSelector=spec.nodeName%3D${nodeName}`);
  return pods.map(({ metadata }) => metadata.uid ?? '');
};

const awaitInterrupt = async (stack: Stack): Promise<void> => {
  print(
    `kubectl: KUBECONFIG=${stack.adminKubeconfigPath} ${stack.programs.kubectl}\nTo stop everything, press Ctrl-C.`,
  );
  const keepAlive = setInterval(() => undefined, 60_000);
  await new Promise((resolve) => process.once('SIGINT', resolve));
  clearInterval(keepAlive);
};

process.exitCode = await main();
