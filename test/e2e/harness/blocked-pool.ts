import { toNodeWorkflowId } from '../../../src/domain/run/workflow-ids.ts';
import { disruptionBudget } from '../../../stack/cluster-fixtures/disruption-budget.ts';
import type { KubernetesObject } from '../../../stack/cluster-fixtures/kubernetes-object.ts';
import { deployment } from '../../../stack/cluster-fixtures/workloads.ts';
import type { Stack } from '../../../stack/stack.ts';
import type { Harness, Run, StartOptions } from './harness.ts';
import { awaitBlockedDrain } from './blocked-drain.ts';
import { createNodePool, inPool, type NodePool } from './node-pool.ts';

/** How many pods of a blocked pool are under the budget that allows no eviction. */
const BLOCKED_POD_COUNT = 2;
const FREE_POD_COUNT = 4;

/**
 * A pool whose node has four pods that can be evicted (Deployment `free`, which gets our budget `free-pdb`) and two that the budget
 * `blocked` of another owner blocks until `unblockPods`.
 */
export const createBlockedPool = async (stack: Stack, name: string): Promise<NodePool> =>
  await createNodePool(stack, name, async (namespace) => {
    const pod = inPool(name);
    await stack.apply([
      deployment({ namespace, name: 'free', replicas: FREE_POD_COUNT, pod }),
      deployment({ namespace, name: 'blocked', replicas: BLOCKED_POD_COUNT, pod }),
      disruptionBudget({ namespace, name: 'blocked', maxUnavailable: 0 }),
    ]);
    await stack.awaitPodsReady(namespace, '', FREE_POD_COUNT + BLOCKED_POD_COUNT);
  });

/** Starts a drain of the pool's node and waits until only the blocked pods are left on it. */
export const startBlockedDrain = async (
  harness: Harness,
  { nodeName }: NodePool,
  options: StartOptions = {},
): Promise<Run> => {
  const request = { nodeNames: [nodeName], taskId: `${nodeName}-task`, preflight: 'skip', hostCleanup: 'skip' };
  const run = await harness.start(request, options);
  const workflowId =
    options.workflowType === 'decommissionNode' ? run.workflowId : toNodeWorkflowId('default', nodeName);
  await awaitBlockedDrain(harness, workflowId, BLOCKED_POD_COUNT, BLOCKED_POD_COUNT + FREE_POD_COUNT);
  return run;
};

/** A pool with a drain that waits for its blocked pods. */
export interface BlockedDrain {
  readonly pool: NodePool;
  readonly run: Run;
}

/** One blocked drain for each name, all at the same time. */
export const startBlockedDrains = async (
  harness: Harness,
  names: readonly string[],
): Promise<Record<string, BlockedDrain>> => {
  const drains = names.map(async (name): Promise<[string, BlockedDrain]> => {
    const pool = await createBlockedPool(harness.stack, name);
    return [name, { pool, run: await startBlockedDrain(harness, pool) }];
  });
  return Object.fromEntries(await Promise.all(drains));
};

/** Changes the budget so that it allows evictions. */
export const unblockPods = async (stack: Stack, { namespace }: NodePool): Promise<void> => {
  await stack.api.patch(toBudgetPath(namespace, 'blocked'), { spec: { maxUnavailable: 1 } });
};

export const toBudgetPath = (namespace: string, name: string): string =>
  `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets/${name}`;

export const toNodePath = (nodeName: string): string => `/api/v1/nodes/${nodeName}`;

/** Annotations of a Node that a task of ours could have set. */
export const toTaskMarks = ({ metadata }: KubernetesObject): readonly string[] =>
  Object.keys(metadata.annotations ?? {}).filter(
    (key) => key.startsWith('node-decommission.io/') || key.startsWith('NodeDrainTask'),
  );
