import { correctTurns, type CorrectedTurns } from './correct-turns.ts';
import type { BudgetTurns, DrainEstimate } from './drain-estimate.ts';
import { toMedian } from './observe-readiness.ts';
import type { PaceChange, RemainingTime } from './remaining-time.ts';

/** A drain that runs, as far as it is known. Times in seconds since the epoch. */
export interface DrainProgress {
  readonly startedAt: number;
  readonly pods: readonly PodProgress[];
}

export interface PodProgress {
  /** See `toWorkloadKey`. */
  readonly workload: string;
  /** Absent: its eviction is not accepted yet. */
  readonly acceptedAt?: number;
  /** Of a pod that is gone, if it is known. */
  readonly goneAt?: number;
  readonly isGone: boolean;
  /** A budget blocks its eviction, or the API server refuses it. */
  readonly isBlocked: boolean;
  /** What it is waiting for, with its name. */
  readonly wait: string;
}

/** The watch reports a pod's end a little after it; the kubelet adds up to two seconds. */
const TOLERANCE_SECONDS = 10;

/**
 * The rest of a drain: budgets keep the pace that was observed, or else was estimated, and pods end as fast as those that are gone. Undefined
 * when no pod is left. `now`: seconds since the epoch. Pure.
 */
export const correctEstimate = (
  estimate: DrainEstimate,
  { startedAt, pods }: DrainProgress,
  now: number,
): RemainingTime | undefined => {
  const left = pods.filter(({ isGone }) => !isGone);
  if (left.length === 0) return undefined;
  const inTurns = estimate.turns.map((turns) => correctBudget(turns, pods, startedAt, now));
  const apart = left.filter(({ workload }) => !estimate.turns.some(({ workloads }) => workloads.includes(workload)));
  const overdue = [
    ...inTurns.flatMap(({ kind, waiting }) => (kind === 'overdue' ? waiting : [])),
    ...left.filter(({ acceptedAt }) => toEndAt(acceptedAt, estimate.graceSeconds + TOLERANCE_SECONDS) < now),
  ];
  if (overdue.length > 0) return { kind: 'overdue', waitingFor: toWaits(overdue) };
  const unknown = [
    ...inTurns.flatMap(({ kind, waiting }) => (kind === 'unknown' ? waiting : [])),
    ...apart.filter(({ acceptedAt, isBlocked }) => acceptedAt === undefined && isBlocked),
  ];
  if (unknown.length > 0) return { kind: 'unknown', waitingFor: toWaits(unknown) };
  return toTimeLeft(estimate, { pods, left, apart, inTurns, now });
};

/** `Infinity` for an eviction that is not accepted yet. */
const toEndAt = (acceptedAt: number | undefined, seconds: number): number =>
  acceptedAt === undefined ? Infinity : acceptedAt + seconds;

const toWaits = (pods: readonly PodProgress[]): readonly string[] => [...new Set(pods.map(({ wait }) => wait))];

type BudgetProgress = CorrectedTurns & { readonly waiting: readonly PodProgress[] };

const correctBudget = (
  turns: BudgetTurns,
  pods: readonly PodProgress[],
  startedAt: number,
  now: number,
): BudgetProgress => {
  const charged = pods.filter(({ workload }) => turns.workloads.includes(workload));
  const waiting = charged.filter(({ isGone, acceptedAt }) => !isGone && acceptedAt === undefined);
  const accepted = charged.flatMap(({ acceptedAt }) => (acceptedAt === undefined ? [] : [acceptedAt]));
  const corrected = correctTurns(turns, {
    startedAt,
    now,
    acceptedAt: accepted.sort((a, b) => a - b),
    waitingCount: waiting.length,
    isBlocked: waiting.some(({ isBlocked }) => isBlocked),
  });
  return { ...corrected, waiting };
};

interface Rest {
  readonly pods: readonly PodProgress[];
  readonly left: readonly PodProgress[];
  /** Of these, the ones that no budget delays. */
  readonly apart: readonly PodProgress[];
  readonly inTurns: readonly BudgetProgress[];
  readonly now: number;
}

const toTimeLeft = ({ graceSeconds }: DrainEstimate, rest: Rest): RemainingTime => {
  const { left, apart, now } = rest;
  const endingSeconds = Math.min(toMedian(rest.pods.flatMap(toEnding)) ?? 0, graceSeconds);
  const turns = rest.inTurns.flatMap((each) => (each.kind === 'left' && each.waiting.length > 0 ? [each] : []));
  const accepted = left.filter(({ acceptedAt }) => acceptedAt !== undefined);
  const isQueued = apart.some(({ acceptedAt }) => acceptedAt === undefined);
  const toLast = (endsAt: readonly number[], seconds: number): number => {
    const last = Math.max(now, ...endsAt, ...accepted.map(({ acceptedAt }) => toEndAt(acceptedAt, seconds)));
    // System-critical pods are evicted when the others are gone.
    return isQueued ? last + seconds : last;
  };
  const likelyAt = toLast(
    turns.map((each) => each.likelyAt + endingSeconds),
    endingSeconds,
  );
  const longestAt = toLast(
    turns.map((each) => each.longestAt + graceSeconds),
    graceSeconds,
  );
  const likelySeconds = likelyAt - now;
  return { kind: 'left', likelySeconds, longestSeconds: Math.max(likelySeconds, longestAt - now), ...toChange(turns) };
};

const toEnding = ({ acceptedAt, goneAt }: PodProgress): readonly number[] =>
  acceptedAt === undefined || goneAt === undefined ? [] : [Math.max(0, goneAt - acceptedAt)];

/** Of the budget whose last eviction is sent last. */
const toChange = (
  turns: readonly { readonly likelyAt: number; readonly change?: PaceChange }[],
): { readonly change?: PaceChange } => {
  const [last] = [...turns].sort((a, b) => b.likelyAt - a.likelyAt);
  return last?.change === undefined ? {} : { change: last.change };
};
