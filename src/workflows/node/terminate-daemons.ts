import { ReturningPods } from '../../domain/eviction/returning-pods.ts';
import { FailureType } from '../../domain/run/failures.ts';
import type { EvictionTarget } from '../../domain/run/context.ts';
import { toCountText } from '../../domain/text/counts.ts';
import { pollingActivities, shortActivities } from '../runtime/activity-options.ts';
import { definedFields } from '../runtime/defined-fields.ts';
import { isFailureOfType, toFailureReport } from '../runtime/failure-report.ts';
import { evictTogether } from './evict-together.ts';
import type { NodeState } from './node-state.ts';

/** The node is removed, and its DaemonSet pods are not left to end with it. False where it has no pods any more. */
export const endsDaemons = ({ input, nothingStays }: NodeState): boolean => {
  if (nothingStays) return false;
  const { deleteNode, hostCleanup, daemonSets } = input.task.request;
  // Absent in requests of 0.1.
  return daemonSets === 'terminateLast' && (deleteNode || hostCleanup !== 'skip');
};

/**
 * Ends the DaemonSet pods of a node that is empty and detached, and is about to lose its kubelet or its Node: with their own grace period,
 * within their budgets. Those that are still there at the deadline, or that are recreated anyway, are noted and end with the node. Returns a
 * sentence for the report; empty: nothing to do.
 *
 * @throws ActivityFailure caused by a failure of `markNodeLeaving`, or by lost ownership of the node
 * @throws CancelledFailure
 */
export const terminateDaemons = async (state: NodeState): Promise<string> => {
  const { context, request, waits } = state.input.task;
  const { gate } = state;
  const startedAt = Date.now();
  const pausedBefore = gate.pausedMilliseconds;
  const seen = new Set<string>();
  const givenUp = new Set<string>();
  const returning = new ReturningPods();
  for (;;) {
    await gate.pass();
    // Time in a pause, or outside of the windows, does not count.
    const deadlineAt = startedAt + waits.detachSeconds * 1000 + gate.pausedMilliseconds - pausedBefore;
    const left = await shortActivities.markNodeLeaving(context, request, state.target);
    const isReturning = returning.observe(left) !== undefined;
    const due = isReturning || Date.now() >= deadlineAt ? [] : left.filter(({ uid }) => !givenUp.has(uid));
    if (due.length === 0) {
      state.note(left.slice(0, MAX_NOTES).map((pod) => describeLeft(state, pod)));
      break;
    }
    for (const { uid } of due) seen.add(uid);
    await evictTogether(state, { evicted: due, waiting: [] }, (pod) => evictDaemon(state, pod, deadlineAt, givenUp));
  }
  const endedCount = [...seen].filter((uid) => !isLeft(state, uid)).length;
  return endedCount === 0 ? '' : `${toCountText(endedCount, 'DaemonSet pod')} evicted last`;
};

/** Per node: the notes of all nodes are part of the task's report. */
const MAX_NOTES = 20;

const isLeft = (state: NodeState, uid: string): boolean =>
  ['NotEvicted', 'Terminating'].includes(state.pods.get(uid)?.outcome ?? '');

const describeLeft = (state: NodeState, { namespace, name, uid }: EvictionTarget): string => {
  const why = state.pods.get(uid)?.message ?? 'it was recreated';
  return `DaemonSet pod ${namespace}/${name} is still there and ends with the node: ${why}`;
};

/** What a pod's eviction may fail with: the pod ends with the kubelet. */
const OF_ONE_POD = [FailureType.DrainTimeout, FailureType.EvictionRefused] as const;

const evictDaemon = async (
  state: NodeState,
  pod: EvictionTarget,
  deadlineAt: number,
  givenUp: Set<string>,
): Promise<void> => {
  const { context, request } = state.input.task;
  const { target: node } = state;
  const grace = definedFields({ gracePeriodSeconds: request.gracePeriodSeconds });
  try {
    const { notes = [], ...end } = await pollingActivities.evictPod(context, { node, pod, deadlineAt, ...grace });
    state.note(notes);
    state.endEviction(pod, end);
  } catch (error) {
    const { message } = toFailureReport(error);
    state.endEviction(pod, { outcome: 'NotEvicted', message });
    if (!isFailureOfType(error, ...OF_ONE_POD)) throw error;
    givenUp.add(pod.uid);
  }
};
