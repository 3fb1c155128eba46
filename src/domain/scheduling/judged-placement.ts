import type { Placement } from '../plan/decommission-plan.ts';
import type { NoPlace } from './placement-trial.ts';

/** The verdict about one pod, with what its finding explains. */
export interface JudgedPlacement extends Placement {
  /** Of the first trial without a place, while the nodes are cordoned if there is one; absent when every trial has a place. */
  readonly rejection?: NoPlace;
  /** Only the removed nodes satisfy what it requires of a node; the scheduler's reasons against the others. */
  readonly pinMessage?: string;
  /** It has no place while the removed nodes exist, but has one after their deletion. */
  readonly isPlacedAfterDeletion?: true;
  /** A removed node that takes it again in some trial, because it tolerates the cordon. */
  readonly returnsTo?: string;
  /** Judged by the newer template of its owner. */
  readonly isFromOwner?: true;
  /** The template of its workload names a node: the scheduler never sees it. */
  readonly isBypassing?: true;
}

export interface JudgedPlacements {
  /** By pod UID: every pod that moves; empty when preflight is `skip`. */
  readonly byUid: Readonly<Record<string, JudgedPlacement>>;
  /** UIDs of the pods without a place in the trial that places the most; empty when one trial places all. */
  readonly unplacedAtBest: readonly string[];
  /** Trials that decided. */
  readonly trialCount: number;
}

/** Nothing was tried. */
export const NO_PLACEMENTS: JudgedPlacements = { byUid: {}, unplacedAtBest: [], trialCount: 0 };
