import { areAllCovered } from '../../domain/budgets/all-covered.ts';
import { classifyPod, comparePods } from '../../domain/eviction/classify-pod.ts';
import type { DecommissionRequest } from '../../domain/request/decommission-request.ts';
import type { NodeFacts, OwnerReference, PodFacts, WorkloadFacts } from '../../domain/cluster/facts.ts';
import { checkOwnership } from '../../domain/node/check-ownership.ts';
import { isFinished, isTerminating, toPodName } from '../../domain/cluster/pod-state.ts';
import { toDrainWave } from '../../domain/eviction/drain-wave.ts';
import { awaitsCompletion } from '../../domain/eviction/awaits-completion.ts';
import { isKept } from '../../domain/eviction/kept-pods.ts';
import { toOwnerLimit } from '../../domain/eviction/owner-limit.ts';
import { refuseSingleReplica } from '../../domain/eviction/single-replica.ts';
import { needsSecondReplica } from '../../domain/surge/needs-second-replica.ts';
import type { DrainState, EvictionTarget, TaskContext } from '../../domain/run/context.ts';
import { findDeadNode } from '../../domain/node/out-of-service.ts';
import type { NodeTarget } from '../../domain/node/node-target.ts';
import { findReplacedWorkloads } from '../../domain/replacements/replaced-workload.ts';
import { findWorkload, toWorkloadLabel, type WorkloadIndex } from '../../domain/cluster/workload-index.ts';
import type { Cluster } from '../../ports/cluster.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';
import { withProvenCluster } from '../support/open-verified-cluster.ts';
import { readWorkloadIndex, RECENT_SECONDS } from '../support/read-workload-index.ts';
import type { BudgetIndex } from './budget-index.ts';

/**
 * One uncached read of the node's pods, judged as at preflight: an autoscaler may have scaled from three replicas to one since. The Node is read,
 * unless `followed` shows that it is the task's; what `followed` shows is checked again before each eviction, and before the point of no return.
 * Reads only.
 *
 * @throws DecommissionFailure `NodeChanged`, `CordonLost`, `LockLost` or `NodeClaimed`, not retryable: see `checkOwnership`.
 * @throws DecommissionFailure `ClusterMismatch`, retryable: see `openVerifiedCluster`.
 * @throws ClusterFailure
 */
export const readDrainState =
  (dependencies: ActivityDependencies, followed: FollowedClusters = NOTHING_FOLLOWED) =>
  async (context: TaskContext, request: DecommissionRequest, target: NodeTarget): Promise<DrainState> =>
    await withProvenCluster(dependencies, context, async (cluster) => {
      const node = await readOwnNode(cluster, followed, context, target);
      const { state, leaving, index } = await judgePods(cluster, request, target.nodeName);
      const dead = findDeadNode(node, leaving, request);
      const pods = leaving.filter((pod) => !isTerminating(pod));
      const budgets = pods.length === 0 ? undefined : await followed.awaitBudgets(cluster);
      const facts = budgets && { pods, index, budgetsOf: (pod: PodFacts) => budgets.covering(pod) };
      return {
        ...state,
        ...(state.stayingCount === 0 ? { nothingStays: true } : {}),
        ...(dead === undefined ? {} : { dead }),
        ...(facts && areAllCovered({ ...facts, taskId: context.taskId }) ? { isCovered: true } : {}),
      };
    });

const readOwnNode = async (
  cluster: Cluster,
  followed: FollowedClusters,
  { holder }: TaskContext,
  target: NodeTarget,
): Promise<NodeFacts> => {
  const seen = followed.findNode(cluster, target.nodeName);
  if (seen && checkOwnership(seen, target, holder) === undefined) return seen;
  const node = await cluster.readNode(target.nodeName);
  const lost = checkOwnership(node, target, holder);
  if (lost) throw lost;
  return node as NodeFacts;
};

/** What the coordinators of this worker follow. */
export interface FollowedClusters {
  /** As followed; undefined: unknown, gone, or not cordoned. */
  findNode(cluster: Cluster, nodeName: string): NodeFacts | undefined;
  /** Follows the cluster for the evictions that come next. Undefined: budgets cannot be watched now. */
  awaitBudgets(cluster: Cluster): Promise<BudgetIndex | undefined>;
}

const NOTHING_FOLLOWED: FollowedClusters = {
  findNode: () => undefined,
  awaitBudgets: () => Promise.resolve(undefined),
};

/**
 * The pods that have to leave the node.
 * @throws ClusterFailure
 */
export const readLeavingPods = async (
  cluster: Cluster,
  request: DecommissionRequest,
  nodeName: string,
): Promise<readonly PodFacts[]> => (await judgePods(cluster, request, nodeName)).leaving;

/** The same for an open cluster, without the ownership check. */
export const readNodeState = async (
  cluster: Cluster,
  request: DecommissionRequest,
  nodeName: string,
): Promise<DrainState> => (await judgePods(cluster, request, nodeName)).state;

interface JudgedPods {
  readonly state: DrainState;
  readonly leaving: readonly PodFacts[];
  readonly index: WorkloadIndex;
}

/** Before a refusal, which ends the drain, owners are read again: an autoscaler may have scaled up a moment ago. */
const judgePods = async (cluster: Cluster, request: DecommissionRequest, nodeName: string): Promise<JudgedPods> => {
  const pods = [...(await cluster.readPods({ nodeName }))].sort(comparePods);
  const judged = judge(pods, await readWorkloadIndex(cluster, pods, { maxAgeSeconds: RECENT_SECONDS }), request);
  if (judged.state.refusals.length === 0) return judged;
  return judge(pods, await readWorkloadIndex(cluster, pods), request);
};

const judge = (pods: readonly PodFacts[], index: WorkloadIndex, request: DecommissionRequest): JudgedPods => {
  const judged = pods.map((pod) => ({ pod, ...classifyPod(pod, index, request) }));
  const leaving = judged.filter(({ disposition }) => disposition === 'evict' || disposition === 'wait');
  const refusals = judged.flatMap(({ pod, disposition, reason }) =>
    disposition === 'refuse' ? [`${pod.namespace}/${pod.name}: ${reason}`] : [],
  );
  const singles = leaving.flatMap(({ pod, disposition }) => {
    const workload = findWorkload(pod, index);
    if (disposition !== 'evict' || needsSecondReplica(pod, workload, request)) return [];
    return refuseSingleReplica(pod, workload, request.singleReplica) ?? [];
  });
  const kept = pods.filter((pod) => isKept(pod, request.keepPods)).map(toPodName);
  const state = {
    targets: leaving.map(({ pod }) => toTarget(pod, findWorkload(pod, index), request)),
    refusals: [...refusals, ...singles],
    stayingCount: judged.filter(({ disposition }) => disposition === 'stay').length,
    ...(kept.length === 0 ? {} : { kept }),
    ...toReplaced(
      leaving.map(({ pod }) => pod),
      index,
      request,
    ),
  };
  return { state, leaving: leaving.map(({ pod }) => pod), index };
};

const toReplaced = (
  pods: readonly PodFacts[],
  index: WorkloadIndex,
  { waitForReplacements = false }: DecommissionRequest,
): Pick<DrainState, 'replaced'> => {
  const replaced = waitForReplacements ? findReplacedWorkloads(pods, index) : [];
  return replaced.length === 0 ? {} : { replaced };
};

const toTarget = (
  pod: PodFacts,
  workload: WorkloadFacts | undefined,
  request: DecommissionRequest,
): EvictionTarget => ({
  namespace: pod.namespace,
  name: pod.name,
  uid: pod.uid,
  workloadUid: workload?.uid ?? '',
  workload: workload ? toWorkloadLabel(workload) : '',
  ...(workload ? {} : { isBare: true }),
  ...(workload && isJudgedAgain(pod, workload, request) ? { replicasOf: toReference(workload) } : {}),
  ...toLimit(pod, workload, request),
  ...(awaitsCompletion(pod, workload, request) ? { awaitsCompletion: true } : {}),
  ...(workload && needsSecondReplica(pod, workload, request) ? { surges: toReference(workload) } : {}),
  ...toWaveFacts(pod, request),
});

const toLimit = (
  pod: PodFacts,
  workload: WorkloadFacts | undefined,
  request: DecommissionRequest,
): Pick<EvictionTarget, 'maxUnavailable'> => {
  const maxUnavailable = isFinished(pod) || isTerminating(pod) ? undefined : toOwnerLimit(workload, request);
  return maxUnavailable === undefined ? {} : { maxUnavailable };
};

const toWaveFacts = (
  pod: PodFacts,
  { onTimeout }: DecommissionRequest,
): Pick<EvictionTarget, 'systemCritical' | 'terminationGracePeriodSeconds'> => {
  if (toDrainWave(pod) === 0) return {};
  if (isTerminating(pod)) return { systemCritical: 'terminating' };
  const { terminationGracePeriodSeconds } = pod;
  return { systemCritical: 'running', ...(onTimeout === 'delete' ? { terminationGracePeriodSeconds } : {}) };
};

/** While the pod waits for its turn, its workload may be scaled down to this pod. */
const isJudgedAgain = (pod: PodFacts, { replicas }: WorkloadFacts, request: DecommissionRequest): boolean =>
  request.singleReplica !== 'evict' && replicas !== undefined && !isFinished(pod) && !isTerminating(pod);

const toReference = ({ apiVersion, kind, name, uid }: WorkloadFacts): OwnerReference => ({
  apiVersion,
  kind,
  name,
  uid,
  controller: true,
});
