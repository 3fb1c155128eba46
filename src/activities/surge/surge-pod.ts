import { sleep } from '@temporalio/activity';
import { SURGE_LABEL } from '../../domain/cluster/annotations.ts';
import type { DeploymentFacts, OwnerReference, PodFacts } from '../../domain/cluster/facts.ts';
import { isTerminating, toPodName } from '../../domain/cluster/pod-state.ts';
import { checkOwnership } from '../../domain/node/check-ownership.ts';
import type { NodeTarget } from '../../domain/node/node-target.ts';
import type { EvictionTarget, TaskContext } from '../../domain/run/context.ts';
import { DecommissionFailure, FailureType } from '../../domain/run/failures.ts';
import type { EvictionProgress } from '../../domain/run/status.ts';
import { findSurgeObstacles } from '../../domain/surge/find-surge-obstacles.ts';
import { planDeletionCost } from '../../domain/surge/plan-surge-release.ts';
import { planSurge, SINGLE, SURGED, type SurgeState, type SurgeStep } from '../../domain/surge/plan-surge.ts';
import { toDeploymentName, toSurgeLabel } from '../../domain/surge/surge-label.ts';
import { joinSentences } from '../../domain/text/join-sentences.ts';
import type { Cluster } from '../../ports/cluster.ts';
import { hasObjectChanged } from '../../ports/cluster-failure.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';
import { openVerifiedCluster } from '../support/open-verified-cluster.ts';
import { beat } from '../support/with-heartbeat.ts';

export interface SurgePodInput {
  readonly node: NodeTarget;
  readonly pod: EvictionTarget;
  readonly deployment: OwnerReference;
  /** Milliseconds since the epoch; absent: no deadline. */
  readonly deadlineAt?: number;
}

export interface SurgeResult {
  /** The pod is gone, or terminates. */
  readonly isRemoved: boolean;
  /** What happened, as a sentence for the report; empty when nothing was done. */
  readonly note: string;
}

const POLL_MILLISECONDS = 1000;

interface Surge extends SurgePodInput {
  readonly cluster: Cluster;
  readonly context: TaskContext;
}

/**
 * Replaces the only pod of a Deployment before it is removed: scales the Deployment to two replicas with this task's label in the same write,
 * waits until the second one is available and in the EndpointSlices of the first, asks the Eviction API in a dry run whether the budgets allow
 * the first to go, lets the ReplicaSet controller remove it by scaling back to one, and waits until it terminates. Every step follows from
 * what is in the cluster, so that another attempt continues. Heartbeats `EvictionProgress`.
 *
 * @throws DecommissionFailure `SurgeNotPossible`, not retryable: see `findSurgeObstacles`; nothing was changed.
 * @throws DecommissionFailure `SurgeInterrupted`, not retryable: another client changed the replica count, or the new pod was removed.
 * @throws DecommissionFailure `EvictionRefused`, not retryable: the Eviction API refuses permanently.
 * @throws DecommissionFailure `DrainTimeout`, not retryable: the deadline has passed.
 * @throws DecommissionFailure `NodeChanged`, `CordonLost`, `LockLost` or `NodeClaimed`, not retryable: see `checkOwnership`.
 * @throws DecommissionFailure `ClusterMismatch`, retryable: see `openVerifiedCluster`.
 * @throws ClusterFailure
 */
export const surgePod =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, input: SurgePodInput): Promise<SurgeResult> => {
    const surge: Surge = { ...input, context, cluster: await openVerifiedCluster(dependencies, context) };
    let replacedBy: PodFacts | undefined;
    for (;;) {
      const state = await readState(surge);
      const step = planSurge(state);
      if (step.kind === 'over') return toResult(state, replacedBy);
      const message = await takeStep(surge, state, step);
      if (step.kind === 'handOver' && message === undefined) replacedBy = step.second;
      // A step that was taken shows in the next read; a wait is repeated after a while.
      if (message === undefined) continue;
      refuseAfterDeadline(dependencies.now(), surge, message);
      beat({ ...toProgress(surge, message) });
      await sleep(POLL_MILLISECONDS);
    }
  };

const readState = async ({ cluster, context, node, pod, deployment }: Surge): Promise<SurgeState> => {
  const lost = checkOwnership(await cluster.readNode(node.nodeName), node, context.holder);
  if (lost) throw lost;
  const { namespace } = pod;
  const found = await cluster.readDeployment(namespace, deployment.name);
  const current = found?.uid === deployment.uid ? found : undefined;
  const { selector } = current ?? {};
  const pods = selector === undefined ? [] : await cluster.readPods({ namespace, selector });
  const endpoints = selector === undefined ? [] : await cluster.readEndpoints(namespace);
  const own = pods.find(({ uid }) => uid === pod.uid) ?? (await readByUid(cluster, pod));
  return { pod: own, deployment: current, pods, endpoints, taskId: context.taskId };
};

/** Its labels may have changed, so that the selector does not find it. */
const readByUid = async (cluster: Cluster, { namespace, name, uid }: EvictionTarget): Promise<PodFacts | undefined> => {
  const found = await cluster.readPod(namespace, name);
  return found?.uid === uid ? found : undefined;
};

/** Returns why the step is not taken yet; undefined when it was taken, or the next read decides again. */
const takeStep = async (
  surge: Surge,
  { deployment, pod }: SurgeState,
  step: Exclude<SurgeStep, { kind: 'over' }>,
): Promise<string | undefined> => {
  if (step.kind === 'wait') return step.message;
  if (step.kind === 'interrupted') throw new DecommissionFailure(FailureType.SurgeInterrupted, step.message);
  if (deployment === undefined) return undefined;
  if (step.kind === 'scaleDown') await write(surge, deployment, { replicas: SINGLE, labels: {} });
  if (step.kind === 'removeLabel') await write(surge, deployment, { labels: { [SURGE_LABEL]: null } });
  return pod === undefined ? undefined : await replace(surge, deployment, pod, step.kind);
};

/** The steps while the pod is there. */
const replace = async (
  surge: Surge,
  deployment: DeploymentFacts,
  pod: PodFacts,
  kind: SurgeStep['kind'],
): Promise<string | undefined> => {
  if (kind === 'scaleUp') await scaleUp(surge, deployment, pod);
  if (kind === 'keepOld') await setCost(surge, pod, 'highest');
  return kind === 'handOver' ? await handOver(surge, deployment, pod) : undefined;
};

const scaleUp = async (surge: Surge, deployment: DeploymentFacts, pod: PodFacts): Promise<void> => {
  const { cluster, context } = surge;
  const { namespace } = deployment;
  const claims = pod.persistentVolumeClaims.length === 0 ? [] : await cluster.readVolumeClaims(namespace);
  const autoscalers = await cluster.readAutoscalers(namespace);
  const { taskId } = context;
  const obstacles = findSurgeObstacles({ pod, deployment, autoscalers, claims, taskId });
  if (obstacles.length > 0) {
    throw new DecommissionFailure(
      FailureType.SurgeNotPossible,
      `pod ${toPodName(pod)} cannot be replaced before it is removed: ${toDeploymentName(deployment)}: ${obstacles.join('; ')}. ` +
        'Start again when this has changed, or set singleReplica: evict.',
    );
  }
  await write(surge, deployment, {
    replicas: SURGED,
    labels: { [SURGE_LABEL]: toSurgeLabel(taskId, deployment.uid) },
  });
};

/**
 * The dry run charges no budget: the removal of one of two pods leaves the budget as it was before the surge. The controller decides at the
 * time of the removal: it keeps the old pod if the new one is not Ready any more.
 */
const handOver = async (surge: Surge, deployment: DeploymentFacts, pod: PodFacts): Promise<string | undefined> => {
  const refusal = await askBudgets(surge.cluster, pod);
  if (refusal !== undefined) return refusal;
  if (await setCost(surge, pod, 'lowest')) await write(surge, deployment, { replicas: SINGLE, labels: {} });
  return undefined;
};

/** False when the pod has changed since it was read. */
const setCost = async ({ cluster }: Surge, pod: PodFacts, cost: 'lowest' | 'highest'): Promise<boolean> => {
  const change = planDeletionCost(pod, cost);
  return change === undefined || (await hasWritten(() => cluster.annotatePod(pod, change)));
};

/** Why the pod must not go now; undefined when the Eviction API would accept its eviction, or it is gone. */
const askBudgets = async (cluster: Cluster, pod: PodFacts): Promise<string | undefined> => {
  const answer = await cluster.tryEviction(pod);
  switch (answer.kind) {
    case 'accepted':
    case 'gone':
    case 'otherUid':
      return undefined;
    case 'forbidden':
    case 'invalid':
      throw new DecommissionFailure(
        FailureType.EvictionRefused,
        `the API server refuses the dry-run eviction of pod ${toPodName(pod)}: ${joinSentences(answer.message, 'Fix what it names, or set singleReplica: evict, then start again.')}`,
      );
    default:
      return `its second replica is available; the Eviction API does not allow the removal of pod ${toPodName(pod)} yet: ${answer.message}`;
  }
};

const write = async (
  { cluster }: Surge,
  deployment: DeploymentFacts,
  change: Parameters<Cluster['patchDeployment']>[1],
): Promise<void> => {
  await hasWritten(() => cluster.patchDeployment(deployment, change));
};

/** False when the object has changed since it was read: the next read decides again. */
const hasWritten = async (work: () => Promise<unknown>): Promise<boolean> => {
  try {
    await work();
    return true;
  } catch (error) {
    if (hasObjectChanged(error)) return false;
    throw error;
  }
};

const refuseAfterDeadline = (now: number, { deadlineAt, pod }: Surge, message: string): void => {
  if (deadlineAt === undefined || now < deadlineAt) return;
  throw new DecommissionFailure(
    FailureType.DrainTimeout,
    `pod ${toPodName(pod)} was still on the node at the deadline: ${joinSentences(message, 'Fix what blocks it, or raise timeoutSeconds.')}`,
  );
};

const toProgress = ({ pod }: Surge, message: string): EvictionProgress => ({
  podUid: pod.uid,
  state: 'Surging',
  message,
  attempts: 0,
});

const toResult = ({ pod, deployment }: SurgeState, replacedBy: PodFacts | undefined): SurgeResult => ({
  isRemoved: pod === undefined || isTerminating(pod),
  note:
    replacedBy === undefined || deployment === undefined
      ? ''
      : `${toDeploymentName(deployment)}: pod ${toPodName(replacedBy)} on node ${replacedBy.nodeName} was available before its only pod was removed`,
});
