import { Context } from '@temporalio/activity';
import pMap from 'p-map';
import type { DecommissionRequest } from '../../domain/request/decommission-request.ts';
import { toRequestFingerprint } from '../../domain/request/fingerprint.ts';
import type { NodeFacts } from '../../domain/cluster/facts.ts';
import { judgeNodeLock } from '../../domain/node/lock.ts';
import { LOCK_ANNOTATION } from '../../domain/cluster/annotations.ts';
import { planInStages } from '../../domain/plan/plan-decommission.ts';
import type { DecommissionPlan } from '../../domain/plan/decommission-plan.ts';
import type { NodeDeletionDryRun, NodeLockState, PreflightFacts } from '../../domain/preflight/facts.ts';
import { toRightsOfRun, toUnusedRights } from '../../domain/cluster/rights.ts';
import type { TaskContext } from '../../domain/run/context.ts';
import type { Cluster } from '../../ports/cluster.ts';
import { isClusterFailure } from '../../ports/cluster-failure.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';
import { compactPlan } from './compact-plan.ts';
import { nameMissingRights } from './name-missing-rights.ts';
import { checkHost, MAX_CONCURRENT_HOST_CHECKS } from '../host/check-host.ts';
import { readLockState, toLockState } from '../node/node-lock.ts';
import { rememberNode } from '../node/seen-nodes.ts';
import { openVerifiedClusterOrRefuse } from '../support/open-verified-cluster.ts';
import { runStages } from '../support/run-stages.ts';
import { tryBudgets } from './try-admission.ts';
import { readPreflightFacts } from './read-preflight-facts.ts';

const TEMPORAL_NOT_CHECKED = 'whether Temporal runs on one of the nodes (its address is unknown to the worker)';

/**
 * Reads the facts, judges them and creates the plan. Changes nothing: the deletion of each Node, the creation of each budget
 * and of a replacement of each workload are tried as server-side dry runs.
 *
 * @param drainingNodeNames other nodes, whose pods need places as well
 * @throws DecommissionFailure `Refused`, not retryable: rights to read the facts are missing.
 * @throws DecommissionFailure `ClusterMismatch`, not retryable: see `openVerifiedClusterOrRefuse`.
 * @throws ClusterFailure
 * @throws Error: see `placePods`.
 */
export const planTask =
  (dependencies: ActivityDependencies) =>
  async (
    context: TaskContext,
    request: DecommissionRequest,
    drainingNodeNames: readonly string[] = [],
  ): Promise<DecommissionPlan> => {
    const cluster = await openVerifiedClusterOrRefuse(dependencies, context);
    const facts = await nameMissingRights(cluster, () =>
      readFacts(dependencies, cluster, context, request, drainingNodeNames),
    );
    const budgetTrials = await tryBudgets(cluster, facts, { signal: Context.current().cancellationSignal });
    const createdAt = new Date(dependencies.now()).toISOString();
    return compactPlan(await runStages(planInStages({ ...facts, budgetTrials }, createdAt)));
  };

const readFacts = async (
  dependencies: ActivityDependencies,
  cluster: Cluster,
  context: TaskContext,
  request: DecommissionRequest,
  drainingNodeNames: readonly string[],
): Promise<PreflightFacts> => {
  const nodes = await cluster.readNodes();
  const named = nodes.filter(({ name }) => request.nodeNames.includes(name));
  const locks: Record<string, NodeLockState> = {};
  const nodeDeletionDryRuns: Record<string, NodeDeletionDryRun> = {};
  for (const node of named) {
    rememberNode(cluster, node);
    locks[node.name] = await readLock(dependencies, context, request, node);
    if (request.deleteNode) nodeDeletionDryRuns[node.name] = await tryDeletion(cluster, node);
  }
  const surroundings = { ...dependencies, clusterIdentity: context.clusterIdentity, nodes };
  const hosts = await pMap(
    request.hostCleanup === 'skip' ? [] : named,
    async (node) => [node.name, await checkHost(surroundings, context.holder, node)] as const,
    { concurrency: MAX_CONCURRENT_HOST_CHECKS },
  );
  const { cancellationSignal: signal } = Context.current();
  const server = await dependencies.directory.readServer();
  const sources = { cluster, scheduler: dependencies.scheduler, signal };
  return await readPreflightFacts(sources, request, context.clusterIdentity, {
    locks,
    nodeDeletionDryRuns,
    drainingNodeNames,
    hosts: Object.fromEntries(hosts),
    missingRights: await cluster.readMissingRights(toUnusedRights(toRightsOfRun(request))),
    ownPods: dependencies.ownPod ? [dependencies.ownPod] : [],
    isOwnPodUnknown: cluster.inCluster && !dependencies.ownPod,
    ...(server === undefined ? {} : { temporal: { ...server, isInCluster: cluster.inCluster } }),
    notChecked: server === undefined ? [TEMPORAL_NOT_CHECKED] : [],
  });
};

const readLock = async (
  { directory }: ActivityDependencies,
  context: TaskContext,
  request: DecommissionRequest,
  { name, annotations }: NodeFacts,
): Promise<NodeLockState> => {
  const judgement = judgeNodeLock(annotations[LOCK_ANNOTATION], context.holder);
  const task = { ...context, fingerprint: toRequestFingerprint(request) };
  return toLockState(judgement, name, await readLockState(directory, judgement, name, task));
};

/** Runs the webhooks too. A refusal is a finding; without a response the read fails and is retried. */
const tryDeletion = async (cluster: Cluster, node: NodeFacts): Promise<NodeDeletionDryRun> => {
  try {
    await cluster.deleteNode({ name: node.name, uid: node.uid }, { dryRun: true });
    return { ok: true };
  } catch (error) {
    if (!isClusterFailure(error) || error.retryable) throw error;
    return { ok: false, message: error.message };
  }
};
