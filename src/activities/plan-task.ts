import type { DecommissionRequest } from '../domain/decommission-request.ts';
import type { NodeFacts } from '../domain/facts.ts';
import { judgeNodeLock } from '../domain/judge-node-lock.ts';
import { LOCK_ANNOTATION } from '../domain/names.ts';
import { planDecommission } from '../domain/plan-decommission.ts';
import type { DecommissionPlan } from '../domain/plan.ts';
import type { HostCheck, NodeDeletionDryRun, NodeLockState, PreflightFacts } from '../domain/preflight-facts.ts';
import { RIGHTS_TO_RUN } from '../domain/required-rights.ts';
import type { TaskContext } from '../domain/task-context.ts';
import type { Cluster } from '../ports/cluster.ts';
import { isClusterFailure } from '../ports/cluster-failure.ts';
import type { ActivityDependencies } from './activity-dependencies.ts';
import { compactPlan } from './compact-plan.ts';
import { nameMissingRights } from './name-missing-rights.ts';
import { checkHost } from './host/check-host.ts';
import { describeHolder } from './node-lock.ts';
import { openClusterOrRefuse } from './open-cluster.ts';
import { readPreflightFacts } from './read-preflight-facts.ts';

/**
 * Reads the facts, judges them and writes the plan. Changes nothing: the deletion of each Node is tried as a server-side dry run.
 * Throws, not retryable, `Refused` when rights are missing without which there are no facts, and `ClusterMismatch`.
 */
export const planTask =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, request: DecommissionRequest): Promise<DecommissionPlan> => {
    const cluster = await openClusterOrRefuse(dependencies, context);
    const facts = await nameMissingRights(cluster, () => readFacts(dependencies, cluster, context, request));
    return compactPlan(planDecommission(facts, new Date(dependencies.now()).toISOString()));
  };

const readFacts = async (
  dependencies: ActivityDependencies,
  cluster: Cluster,
  context: TaskContext,
  request: DecommissionRequest,
): Promise<PreflightFacts> => {
  const nodes = await readNamedNodes(cluster, request);
  const locks: Record<string, NodeLockState> = {};
  const nodeDeletionDryRuns: Record<string, NodeDeletionDryRun> = {};
  const hosts: Record<string, HostCheck> = {};
  for (const node of nodes) {
    locks[node.name] = await readLockState(dependencies, context, node);
    if (request.deleteNode) nodeDeletionDryRuns[node.name] = await tryDeletion(cluster, node);
    if (request.hostCleanup !== 'skip') hosts[node.name] = await checkHost(dependencies, context, node);
  }
  return await readPreflightFacts(cluster, request, context.clusterIdentity, {
    locks,
    nodeDeletionDryRuns,
    hosts,
    missingRights: await cluster.readMissingRights(RIGHTS_TO_RUN),
    ownPods: dependencies.ownPod ? [dependencies.ownPod] : [],
    isOwnPodUnknown: cluster.inCluster && !dependencies.ownPod,
    notChecked: [],
  });
};

const readNamedNodes = async (cluster: Cluster, request: DecommissionRequest): Promise<readonly NodeFacts[]> => {
  const nodes = await cluster.readNodes();
  return nodes.filter(({ name }) => request.nodeNames.includes(name));
};

const readLockState = async (
  dependencies: ActivityDependencies,
  context: TaskContext,
  node: NodeFacts,
): Promise<NodeLockState> => {
  const judgement = judgeNodeLock(node.annotations[LOCK_ANNOTATION], context.holder);
  if (judgement.kind === 'free' || judgement.kind === 'ours') return { kind: judgement.kind };
  if (judgement.kind === 'unreadable')
    return { kind: 'foreign', holder: 'a text that cannot be read', takeover: 'unknown' };
  return {
    kind: 'foreign',
    holder: describeHolder(judgement.holder),
    takeover: await dependencies.directory.readHolderState(judgement.holder),
  };
};

/** Asks the webhooks too. A refusal is a finding; no answer is a failure of the read and worth another try. */
const tryDeletion = async (cluster: Cluster, node: NodeFacts): Promise<NodeDeletionDryRun> => {
  try {
    await cluster.deleteNode({ name: node.name, uid: node.uid }, { dryRun: true });
    return { ok: true };
  } catch (error) {
    if (!isClusterFailure(error) || error.retryable) throw error;
    return { ok: false, message: error.message };
  }
};
