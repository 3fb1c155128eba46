import type { JudgedPlacement } from '../../../src/domain/scheduling/judged-placement.ts';
import type { Observed, ObservedWorkload } from './play-cluster.ts';
import type { PlannedPod } from './plan-cluster.ts';

/** How the verdicts of plans compare with what the running scheduler did: numbers of pods, unless stated otherwise. */
export interface Agreement {
  readonly pods: number;
  readonly fits: number;
  readonly doesNotFit: number;
  /** Pending until the nodes are deleted, then placed; not among `likely`. */
  readonly afterDeletion: number;
  readonly likely: number;
  readonly unknown: number;
  /** With the verdict `fits` or `afterDeletion`, and pending at the end. */
  readonly fitsLeftPending: number;
  /** With the verdict `doesNotFit`, and with a node at the end. */
  readonly doesNotFitPlaced: number;
  /** With the verdict `afterDeletion` or `doesNotFit`, and with a node while the removed nodes are cordoned. */
  readonly placedBeforeDeletion: number;
  /** Workloads whose pending pods have a reason of the running scheduler that no trial has. */
  readonly otherReasons: number;
  /** One line for each workload that differs. */
  readonly mismatches: readonly string[];
  /** How many pods each plugin rejected in the plan. */
  readonly decidedBy: Readonly<Record<string, number>>;
}

/** Pods of a workload are interchangeable, so they are compared by number. */
export const countAgreement = (label: string, planned: readonly PlannedPod[], observed: Observed): Agreement =>
  addAgreements(
    Object.entries(observed.workloads).map(([workload, seen]) =>
      compareWorkload(
        `${label} ${workload}`,
        planned.filter((pod) => pod.workload === workload),
        seen,
      ),
    ),
  );

const compareWorkload = (name: string, planned: readonly PlannedPod[], seen: ObservedWorkload): Agreement => {
  const { left, pendingAtEnd, pendingWhileCordoned } = seen;
  const placements = planned.map(({ placement }) => placement);
  const count = (isCounted: (placement: JudgedPlacement) => boolean): number => placements.filter(isCounted).length;
  const isAfterDeletion = ({ isPlacedAfterDeletion }: JudgedPlacement): boolean => isPlacedAfterDeletion === true;
  const fits = count(({ verdict }) => verdict === 'fits');
  const doesNotFit = count(({ verdict }) => verdict === 'doesNotFit');
  const afterDeletion = count(isAfterDeletion);
  const wrong = {
    fitsLeftPending: Math.max(0, pendingAtEnd - (left - fits - afterDeletion)),
    doesNotFitPlaced: Math.max(0, doesNotFit - Math.max(0, pendingAtEnd)),
    placedBeforeDeletion: Math.max(0, doesNotFit + afterDeletion - Math.max(0, pendingWhileCordoned)),
    otherReasons: hasOtherReasons(planned, seen) ? 1 : 0,
  };
  const expected = placements.map(({ verdict, message }) => `${verdict} (${message})`).join('; ');
  const pending = `${pendingWhileCordoned}, then ${pendingAtEnd} of ${left} pending`;
  const wrongs = Object.entries(wrong).filter(([, pods]) => pods > 0);
  const mismatch = `${name}: ${wrongs.map(([what]) => what).join(', ')}: ${pending} (${seen.messagesWhileCordoned.join('; ')}; ${seen.messages.join('; ')}), planned: ${expected}`;
  return {
    pods: left,
    fits,
    doesNotFit,
    afterDeletion,
    likely: count((placement) => placement.verdict === 'likely' && !isAfterDeletion(placement)),
    unknown: count(({ verdict }) => verdict === 'unknown'),
    ...wrong,
    mismatches: wrongs.length > 0 ? [mismatch] : [],
    decidedBy: sumByPlugin(
      placements.flatMap(({ rejection }) => rejection?.plugins ?? []).map((plugin) => [plugin, 1]),
    ),
  };
};

/** Only while all pods of the workload that left are pending: one that waited before has reasons of another time. */
const hasOtherReasons = (
  planned: readonly PlannedPod[],
  { left, pendingWhileCordoned, pendingBefore, messagesWhileCordoned }: ObservedWorkload,
): boolean => {
  if (pendingBefore > 0 || pendingWhileCordoned < left || planned.length < left) return false;
  const tried = new Set(planned.flatMap(({ refusals }) => refusals).flatMap(toReasons));
  return messagesWhileCordoned.flatMap(toReasons).some((reason) => !tried.has(reason));
};

/** Of `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable. preemption: …`, without numbers. */
const toReasons = (message: string): readonly string[] =>
  (/^\d+\/\d+ nodes are available: (.*?)\.( |$)/.exec(message)?.[1] ?? message)
    .split(', ')
    .map((reason) => reason.replace(/^\d+ /, ''));

export const addAgreements = (all: readonly Agreement[]): Agreement => {
  const sum = (key: Exclude<keyof Agreement, 'mismatches' | 'decidedBy'>): number =>
    all.reduce((total, each) => total + each[key], 0);
  return {
    pods: sum('pods'),
    fits: sum('fits'),
    doesNotFit: sum('doesNotFit'),
    afterDeletion: sum('afterDeletion'),
    likely: sum('likely'),
    unknown: sum('unknown'),
    fitsLeftPending: sum('fitsLeftPending'),
    doesNotFitPlaced: sum('doesNotFitPlaced'),
    placedBeforeDeletion: sum('placedBeforeDeletion'),
    otherReasons: sum('otherReasons'),
    mismatches: all.flatMap(({ mismatches }) => mismatches),
    decidedBy: sumByPlugin(all.flatMap(({ decidedBy }) => Object.entries(decidedBy))),
  };
};

const sumByPlugin = (counts: readonly (readonly [string, number])[]): Readonly<Record<string, number>> => {
  const sums: Record<string, number> = {};
  for (const [plugin, count] of counts) sums[plugin] = (sums[plugin] ?? 0) + count;
  return sums;
};
