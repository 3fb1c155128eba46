import { CancellationScope } from '@temporalio/workflow';
import type { EvictPodInput } from '../../activities/eviction/evict-pod.ts';
import type { OwnerReference } from '../../domain/cluster/facts.ts';
import { toLostEviction } from '../../domain/eviction/lost-eviction.ts';
import type { EvictionTarget } from '../../domain/run/context.ts';
import type { PodReport } from '../../domain/run/report.ts';
import type { Attribution } from '../../domain/run/status.ts';
import { joinSentences } from '../../domain/text/join-sentences.ts';
import { pollingActivities, shortActivities } from '../runtime/activity-options.ts';
import { definedFields } from '../runtime/defined-fields.ts';
import { isCancelledOnRequest, readLastHeartbeat, toFailureReport } from '../runtime/failure-report.ts';
import type { NodeState } from './node-state.ts';

/** Waits until it is the pod's turn. `steered`: an operator has requested something for it. `over`: another read of the node decides. */
export type Turn = () => Promise<'evict' | 'steered' | 'over'>;

type EvictionEnd = Omit<PodReport, 'namespace' | 'name' | 'uid'>;

/** Evicts a pod, and waits until it is gone. An operator may have it retried, skipped or deleted meanwhile. `turn`: absent, at once. */
export const evictOne = async (state: NodeState, pod: EvictionTarget, turn?: Turn): Promise<void> => {
  const { steering } = state;
  for (;;) {
    const forced = steering.takeForce(pod.uid);
    const isDeleted = forced !== undefined && (await deleteForced(state, pod, forced));
    const next = isDeleted || turn === undefined ? 'evict' : await turn();
    if (next === 'over') return;
    const isRecalled = next === 'steered' || (await evictUnlessRecalled(state, pod));
    if (!isRecalled) return;
    const skipped = steering.skippedBy(pod.uid);
    if (skipped) {
      noteSkipped(state, pod, skipped);
      return;
    }
    if (next === 'evict') state.resumeEviction(pod);
  }
};

/** It may be gone already: its eviction was accepted before it was skipped. */
const noteSkipped = (state: NodeState, pod: EvictionTarget, { by, reason }: Attribution): void => {
  const { outcome = 'NotEvicted' } = state.pods.get(pod.uid) ?? {};
  if (outcome === 'Evicted' || outcome === 'Gone') return;
  state.endEviction(pod, { outcome, message: `skipped by ${by}: ${reason}` });
};

/** True: a request for this pod has ended its eviction, which is decided again. */
const evictUnlessRecalled = async (state: NodeState, pod: EvictionTarget): Promise<boolean> => {
  const scope = new CancellationScope({ cancellable: true });
  const recall = { isRequested: false };
  state.steering.setRecall(pod.uid, () => {
    recall.isRequested = true;
    scope.cancel();
  });
  try {
    await scope.run(() => evictOnce(state, pod));
    return recall.isRequested;
  } catch (error) {
    const isOfAll = CancellationScope.current().consideredCancelled;
    if (!recall.isRequested || isOfAll || !isCancelledOnRequest(error)) throw error;
    return true;
  } finally {
    state.steering.clearRecall(pod.uid);
  }
};

/** False: the deletion failed, which is noted; the pod is evicted as before. */
const deleteForced = async (state: NodeState, pod: EvictionTarget, { by, reason }: Attribution): Promise<boolean> => {
  const label = `pod ${pod.namespace}/${pod.name}`;
  try {
    await shortActivities.deletePod(state.input.task.context, { node: state.target, pod });
    state.endEviction(pod, { outcome: 'Terminating', message: `deleted instead of evicted, by ${by}: ${reason}` });
    state.resumeEviction(pod);
    return true;
  } catch (error) {
    if (isCancelledOnRequest(error)) throw error;
    state.note([`${label} could not be deleted, as ${by} requested: ${toFailureReport(error).message}`]);
    return false;
  }
};

const evictOnce = async (state: NodeState, pod: EvictionTarget): Promise<void> => {
  const hastened = pod.awaitsCompletion === true ? state.steering.hastenedBy(pod.uid) : undefined;
  try {
    const bounds = toBounds(state, pod);
    const asked = hastened === undefined ? pod : withoutCompletion(pod);
    const evicted = asked.surges === undefined ? asked : await surgeFirst(state, asked, asked.surges);
    const result = await pollingActivities.evictPod(state.input.task.context, {
      node: state.target,
      pod: evicted,
      ...bounds,
    });
    const { notes = [], ...end } = result;
    state.note(notes);
    state.endEviction(pod, hastened === undefined ? end : withHaste(end, hastened));
  } catch (error) {
    const untouched = { outcome: 'NotEvicted', message: toFailureReport(error).message } as const;
    state.endEviction(pod, toLostEviction(readLastHeartbeat(error)) ?? untouched);
    throw error;
  }
};

const toBounds = (state: NodeState, pod: EvictionTarget): Omit<EvictPodInput, 'node' | 'pod'> => {
  const { gracePeriodSeconds, onTimeout, deadNode } = state.input.task.request;
  const deletesAtDeadline = onTimeout === 'delete' ? true : undefined;
  const { drainDeadlineAt: deadlineAt } = state;
  // A pod that had to wait for others is not given the time again.
  const startedAt = deletesAtDeadline && pod.systemCritical ? state.drainStartedAt : undefined;
  const leavesDead = deadNode === 'outOfService' && !state.isOutOfService ? true : undefined;
  return definedFields({ gracePeriodSeconds, deadlineAt, deletesAtDeadline, startedAt, leavesDead });
};

const withoutCompletion = ({ awaitsCompletion: _awaited, ...pod }: EvictionTarget): EvictionTarget => pod;

/** For the report: the work of its Job may be lost. */
const withHaste = (end: EvictionEnd, { by, reason }: Attribution): EvictionEnd =>
  end.outcome === 'Gone'
    ? end
    : {
        ...end,
        message: joinSentences(end.message, `evicted without waiting for the end of its work, by ${by}: ${reason}`),
      };

/**
 * Replaces the only pod of a Deployment before it is removed. Returns it as `evictPod` has to wait for it: once it is on its way, its workload
 * rightly has one replica.
 */
const surgeFirst = async (
  state: NodeState,
  pod: EvictionTarget,
  deployment: OwnerReference,
): Promise<EvictionTarget> => {
  const { target: node, drainDeadlineAt: deadlineAt } = state;
  const input = { node, pod, deployment, ...definedFields({ deadlineAt }) };
  const { isRemoved, note } = await pollingActivities.surgePod(state.input.task.context, input);
  if (note !== '') state.note([note]);
  if (!isRemoved) return pod;
  const { replicasOf: _replicas, ...removed } = pod;
  return removed;
};
