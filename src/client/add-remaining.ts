import { correctEstimate, type PodProgress } from '../domain/estimate/correct-estimate.ts';
import type { RemainingTime } from '../domain/estimate/remaining-time.ts';
import { toWorkloadKey } from '../domain/plan/planned-workloads.ts';
import { toPodOwner } from '../domain/plan/pod-owner.ts';
import type { JoinedNodeStatus, JoinedPodStatus, JoinedStatus } from './join-status.ts';

/** Adds how long each running drain still takes. None while paused: nothing is evicted. `now`: milliseconds since the epoch. Pure. */
export const addRemaining = (status: JoinedStatus, now: number): JoinedStatus =>
  status.phase === 'Draining'
    ? { ...status, nodes: status.nodes.map((node) => ({ ...node, ...toRemaining(node, now) })) }
    : status;

const toRemaining = (node: JoinedNodeStatus, now: number): { readonly remaining?: RemainingTime } => {
  const evict = node.steps.find(({ name, status }) => name === 'evict' && status === 'Running');
  const startedAt = toSeconds(evict?.startedAt);
  // After a pause, and between two reads of the pods, nothing is being evicted.
  const isEvicting = node.pods.some(({ state }) => state === 'Evicting');
  if (startedAt === undefined || node.estimate === undefined || !isEvicting) return {};
  const pods = node.pods.map((pod) => toProgress(pod, startedAt));
  const remaining = correctEstimate(node.estimate, { startedAt, pods }, now / 1000);
  return remaining === undefined ? {} : { remaining };
};

const toProgress = (pod: JoinedPodStatus, startedAt: number): PodProgress => {
  const { namespace, name, workload = '', state, progress } = pod;
  const acceptedAt = toAcceptedAt(pod, startedAt);
  const goneAt = toSeconds(pod.goneAt);
  return {
    workload: toWorkloadKey({ namespace, workload: toPodOwner({ name, workload }) }),
    ...(acceptedAt === undefined ? {} : { acceptedAt }),
    ...(goneAt === undefined ? {} : { goneAt }),
    isGone: state === 'Evicted' || state === 'Gone',
    isBlocked: state === 'NotEvicted' || (progress !== undefined && BLOCKED.includes(progress.state)),
    wait: `${namespace}/${name}: ${toReason(pod)}`,
  };
};

const toReason = ({ progress, lastFailure }: JoinedPodStatus): string =>
  progress?.message ?? lastFailure ?? 'no response from the worker yet';

const BLOCKED: readonly string[] = ['BlockedByBudget', 'BlockedByOwnerLimit', 'Refused', 'AwaitsCompletion'];

/** A pod that another client deletes has been terminating since the start, as far as it is known. */
const toAcceptedAt = ({ evictedAt, progress }: JoinedPodStatus, startedAt: number): number | undefined => {
  const accepted = toSeconds(evictedAt ?? progress?.acceptedAt);
  return accepted ?? (progress?.state === 'Terminating' ? startedAt : undefined);
};

const toSeconds = (time: string | undefined): number | undefined => {
  const seconds = Date.parse(time ?? '') / 1000;
  return Number.isFinite(seconds) ? seconds : undefined;
};
