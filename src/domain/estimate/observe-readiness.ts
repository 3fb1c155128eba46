import type { PodFacts } from '../cluster/facts.ts';
import { isTerminating } from '../cluster/pod-state.ts';
import { findWorkload, type WorkloadIndex } from '../cluster/workload-index.ts';

/** How long the pods of a workload needed to become Ready, in seconds. */
export interface ObservedReadiness {
  readonly medianSeconds: number;
  readonly slowestSeconds: number;
}

/** A pod that became Ready later than this had another trouble than its start, e.g. a probe that failed for a while. */
const MAX_PLAUSIBLE_SECONDS = 3600;

/** By UID of the workload; one without a Ready pod whose start is known is missing. Pure. */
export const observeReadiness = (
  pods: readonly PodFacts[],
  index: WorkloadIndex,
): ReadonlyMap<string, ObservedReadiness> => {
  const secondsByUid = new Map<string, number[]>();
  for (const pod of pods) {
    const { secondsToReady } = pod;
    if (secondsToReady === undefined || secondsToReady > MAX_PLAUSIBLE_SECONDS || isTerminating(pod)) continue;
    const uid = findWorkload(pod, index)?.uid;
    if (uid === undefined) continue;
    const seconds = secondsByUid.get(uid);
    if (seconds === undefined) secondsByUid.set(uid, [secondsToReady]);
    else seconds.push(secondsToReady);
  }
  return new Map([...secondsByUid].map(([uid, seconds]) => [uid, summarize(seconds)]));
};

const summarize = (seconds: readonly number[]): ObservedReadiness => ({
  medianSeconds: toMedian(seconds) ?? 0,
  slowestSeconds: Math.max(...seconds),
});

/** The upper one of two; undefined for no numbers. */
export const toMedian = (numbers: readonly number[]): number | undefined =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
