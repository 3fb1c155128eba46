import type { RemainingTime } from '../domain/estimate/remaining-time.ts';
import type { EvictionProgress, NodeStatus, PodStatus, RunStatus } from '../domain/run/status.ts';
import { joinSteps } from './join-steps.ts';
import type { PendingEviction } from './pending-evictions.ts';
import type { PendingWork } from './pending-work.ts';

/** The status of one pod that leaves, with what it is waiting for. */
export interface JoinedPodStatus extends PodStatus {
  /** What the pod is waiting for; absent until its activity's first heartbeat, and once it is gone. */
  readonly progress?: EvictionProgress;
  /** Why the activity's last attempt ended; absent unless it is being retried. */
  readonly lastFailure?: string;
}

/** The status of one node, with what each of its pods is waiting for. */
export interface JoinedNodeStatus extends NodeStatus {
  readonly pods: readonly JoinedPodStatus[];
  /** Of its drain, as observed when the status was read; absent unless it runs and the plan has an estimate. */
  readonly remaining?: RemainingTime;
  /** What its current step is waiting for; absent when it is not waiting. */
  readonly work?: PendingWork;
}

/** The status of a task with the pods of its nodes and what each of them is waiting for. */
export interface JoinedStatus extends RunStatus {
  readonly workflowId: string;
  readonly nodes: readonly JoinedNodeStatus[];
  /** What the task itself is waiting for; absent when it is not waiting. */
  readonly work?: PendingWork;
}

/** The status of one workflow and its pending activities. */
export interface PendingNodeWork {
  readonly status: RunStatus;
  /** By `namespace/name`. */
  readonly evictions: ReadonlyMap<string, PendingEviction>;
  readonly work?: PendingWork;
}

/** Of the workflow of a node: its status, or why no worker can answer for it. */
export type ChildAnswer = PendingNodeWork | { readonly missing: string };

/**
 * Adds the status of the nodes' own workflows, by workflow id, to the task's status. A node without one (not started, finished, or not
 * responding) keeps the task's view; one whose version has no worker has the reason, too. Pure.
 */
export const joinStatus = (
  workflowId: string,
  task: PendingNodeWork,
  children: ReadonlyMap<string, ChildAnswer>,
): JoinedStatus => ({
  ...task.status,
  ...toOwnPhase(task.status, children),
  workflowId,
  ...(task.work === undefined ? {} : { work: task.work }),
  nodes: task.status.nodes.map((node) => joinNode(node, task, children)),
});

const SHOWN_OF_NODE: readonly RunStatus['phase'][] = ['Undoing', 'Paused', 'NeedsOperator'];

/**
 * The task's phase is `Draining` while a node is being undone, was paused separately, or was parked before its task was reset: then the
 * node's phase is shown, unless another node proceeds. `NeedsOperator` only if every running node is parked: it ends `watch`.
 */
const toOwnPhase = (
  task: RunStatus,
  children: ReadonlyMap<string, ChildAnswer>,
): Partial<Pick<RunStatus, 'phase' | 'message' | 'paused' | 'outcome'>> => {
  if (task.phase !== 'Draining') return {};
  const running = [...children.values()]
    .flatMap((child) => ('missing' in child ? [] : [child.status]))
    .filter(({ phase }) => phase !== 'Closed');
  const shown = running.find(({ phase }) => phase !== 'NeedsOperator') ?? running[0];
  if (shown === undefined || !running.every(({ phase }) => SHOWN_OF_NODE.includes(phase))) return {};
  const { phase, message, paused, outcome } = shown;
  return {
    phase,
    message,
    ...(paused === undefined ? {} : { paused }),
    ...(phase === 'NeedsOperator' && outcome !== undefined ? { outcome } : {}),
  };
};

const joinNode = (
  node: NodeStatus,
  task: PendingNodeWork,
  children: ReadonlyMap<string, ChildAnswer>,
): JoinedNodeStatus => {
  const child = node.childWorkflowId === undefined ? undefined : children.get(node.childWorkflowId);
  const ofTask = { ...node, pods: joinPods(node.pods, task.evictions) };
  if (child === undefined) return ofTask;
  if ('missing' in child) return { ...ofTask, work: { activity: '', attempt: 1, message: child.missing } };
  const own = child.status.nodes.find(({ nodeName }) => nodeName === node.nodeName);
  if (own === undefined) return ofTask;
  return {
    ...node,
    ...(own.drainDeadlineAt === undefined ? {} : { drainDeadlineAt: own.drainDeadlineAt }),
    ...(child.work === undefined ? {} : { work: child.work }),
    steps: joinSteps(node.steps, own.steps),
    pods: joinPods(own.pods, child.evictions),
  };
};

const joinPods = (
  pods: readonly PodStatus[],
  evictions: ReadonlyMap<string, PendingEviction>,
): readonly JoinedPodStatus[] => pods.map((pod) => joinPod(pod, evictions.get(`${pod.namespace}/${pod.name}`)));

const QUEUED = { state: 'Queued', message: 'waiting for a worker with a free slot', attempts: 0 } as const;

/** A heartbeat counts only for the pod with its UID: a replacement of the same name has another one. */
const joinPod = (pod: PodStatus, eviction: PendingEviction | undefined): JoinedPodStatus => {
  if (pod.state === 'Queued') return { ...pod, progress: { ...QUEUED, podUid: pod.uid, message: pod.waits ?? '' } };
  if (eviction === undefined || pod.state !== 'Evicting') return pod;
  const { lastFailure } = eviction;
  const progress = eviction.isQueued ? { ...QUEUED, podUid: pod.uid } : eviction.progress;
  return {
    ...pod,
    ...(progress?.podUid === pod.uid ? { progress } : {}),
    ...(lastFailure === undefined ? {} : { lastFailure }),
  };
};
