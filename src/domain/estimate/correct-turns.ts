import type { BudgetTurns } from './drain-estimate.ts';
import { toMedian } from './observe-readiness.ts';
import type { PaceChange } from './remaining-time.ts';
import { takeTurns } from './take-turns.ts';

/** The evictions under one budget so far; times in seconds since the epoch. */
export interface TurnsProgress {
  readonly startedAt: number;
  readonly now: number;
  /** When evictions were accepted, sorted. */
  readonly acceptedAt: readonly number[];
  /** Evictions that are not accepted yet. */
  readonly waitingCount: number;
  /** One of them is blocked by the budget. */
  readonly isBlocked: boolean;
}

export type CorrectedTurns =
  | {
      readonly kind: 'left';
      /** When the last eviction is sent, in seconds since the epoch. */
      readonly likelyAt: number;
      readonly longestAt: number;
      readonly change?: PaceChange;
    }
  | { readonly kind: 'overdue' | 'unknown' };

/** When the last of the waiting evictions is sent, if the budget keeps the pace that was observed, or else was estimated. Pure. */
export const correctTurns = (turns: BudgetTurns, progress: TurnsProgress): CorrectedTurns => {
  const { now, waitingCount, acceptedAt } = progress;
  const { atOnce, recovery } = turns;
  if (waitingCount === 0) return { kind: 'left', likelyAt: now, longestAt: now };
  if (atOnce === 0) return { kind: 'unknown' };
  const observed = acceptedAt.slice(atOnce).map((at, index) => at - (acceptedAt[index] ?? at));
  const estimated = toMedian(observed) ?? recovery?.likelySeconds;
  if (estimated === undefined) return { kind: 'unknown' };
  const heldSince = toHeld(turns, progress);
  const waited = heldSince.length === atOnce ? now - Math.min(...heldSince) : 0;
  const longest = Math.max(recovery?.longestSeconds ?? 0, ...observed, estimated);
  if (waited > longest) return { kind: 'overdue' };
  const likely = Math.max(estimated, waited);
  return {
    kind: 'left',
    likelyAt: toLast(heldSince, likely, turns, progress),
    longestAt: toLast(heldSince, longest, turns, progress),
    ...toChange(turns, likely),
  };
};

/**
 * Since when each eviction that the budget allows is used: by the last accepted ones, and, if it blocks although it should allow more, by pods
 * that were not Ready when the drain started.
 */
const toHeld = ({ atOnce }: BudgetTurns, { acceptedAt, isBlocked, startedAt }: TurnsProgress): readonly number[] => {
  const held = acceptedAt.slice(-atOnce);
  return isBlocked ? [...held, ...Array<number>(atOnce - held.length).fill(startedAt)] : held;
};

const toLast = (
  heldSince: readonly number[],
  pace: number,
  { atOnce }: BudgetTurns,
  { now, waitingCount }: TurnsProgress,
): number => {
  const free = [...heldSince.map((at) => at + pace), ...Array<number>(atOnce - heldSince.length).fill(now)];
  return Math.max(...takeTurns(Array<number>(waitingCount).fill(pace), free, now).evictedAt);
};

/** A smaller difference is within what was estimated. */
const NOTABLE_SHARE = 0.25;
const NOTABLE_SECONDS = 2;

const toChange = ({ workloads, recovery }: BudgetTurns, observedSeconds: number): { readonly change?: PaceChange } => {
  if (recovery === undefined) return {};
  const { likelySeconds: estimatedSeconds } = recovery;
  const difference = Math.abs(observedSeconds - estimatedSeconds);
  const isNotable = difference > Math.max(NOTABLE_SECONDS, estimatedSeconds * NOTABLE_SHARE);
  return isNotable ? { change: { workloads, estimatedSeconds, observedSeconds } } : {};
};
