import { toNodeWorkflowId } from '../../../src/domain/run/workflow-ids.ts';
import { disruptionBudget } from '../../../stack/cluster-fixtures/disruption-budget.ts';
import type { KubernetesObject } from '../../../stack/cluster-fixtures/kubernetes-object.ts';
import { deployment } from '../../../stack/cluster-fixtures/workloads.ts';
import type { Stack } from '../../../stack/stack.ts';
import type { Harness, Run, StartOptions } from './harness.ts';
import { awaitHeldDrain } from './held-drain.ts';
import { createNodePool, inPool, type NodePool } from './node-pool.ts';

/** How many pods of a held pool are under the budget that allows none. */
const HELD_POD_COUNT = 2;
const FREE_POD_COUNT = 4;

/**
 * A pool whose node has four pods that can go (Deployment `free`, which gets our budget `free-pdb`) and two that somebody's budget
 * `held` does not let go until `releaseHeldPods`.
 */
export const createHeldPool = async (stack: Stack, name: string): Promise<NodePool> =>
  await createNodePool(stack, name, async (namespace) => {
    const pod = inPool(name);
    await stack.apply([
      deployment({ namespace, name: 'free', replicas: FREE_POD_COUNT, pod }),
      deployment({ namespace, name: 'held', replicas: HELD_POD_COUNT, pod }),
      disruptionBudget({ namespace, name: 'held', maxUnavailable: 0 }),
    ]);
    await stack.awaitPodsReady(namespace, '', FREE_POD_COUNT + HELD_POD_COUNT);
  });

/** Starts a drain of the pool's node and waits until only the held pods are left on it. */
export const startHeldDrain = async (
  harness: Harness,
  { nodeName }: NodePool,
  options: StartOptions = {},
): Promise<Run> => {
  const request = { nodeNames: [nodeName], taskId: `${nodeName}-task`, preflight: 'warn', hostCleanup: 'skip' };
  const run = await harness.start(request, options);
  const workflowId =
    options.workflowType === 'decommissionNode' ? run.workflowId : toNodeWorkflowId('default', nodeName);
  await awaitHeldDrain(harness, workflowId, HELD_POD_COUNT, HELD_POD_COUNT + FREE_POD_COUNT);
  return run;
};

/** A pool with a drain that waits for its held pods. */
export interface HeldDrain {
  readonly pool: NodePool;
  readonly run: Run;
}

/** One held drain for each name, all at the same time. */
export const startHeldDrains = async (
  harness: Harness,
  names: readonly string[],
): Promise<Record<string, HeldDrain>> => {
  const drains = names.map(async (name): Promise<[string, HeldDrain]> => {
    const pool = await createHeldPool(harness.stack, name);
    return [name, { pool, run: await startHeldDrain(harness, pool) }];
  });
  return Object.fromEntries(await Promise.all(drains));
};

/** The owner of the budget lets the pods go. */
export const releaseHeldPods = async (stack: Stack, { namespace }: NodePool): Promise<void> => {
  await stack.api.patch(toBudgetPath(namespace, 'held'), { spec: { maxUnavailable: 1 } });
};

export const toBudgetPath = (namespace: string, name: string): string =>
  `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets/${name}`;

export const toNodePath = (nodeName: string): string => `/api/v1/nodes/${nodeName}`;

/** Annotations of a Node that a task of ours could have put there. */
export const toTaskMarks = ({ metadata }: KubernetesObject): readonly string[] =>
  Object.keys(metadata.annotations ?? {}).filter(
    (key) => key.startsWith('node-decommission.io/') || key.startsWith('NodeDrainTask'),
  );
