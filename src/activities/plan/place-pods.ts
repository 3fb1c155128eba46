import { planFavouringTrial } from '../../domain/scheduling/favouring-trials.ts';
import { judgeTrials } from '../../domain/scheduling/judge-trials.ts';
import type { PlacementTrial, TrialOutcome } from '../../domain/scheduling/placement-trial.ts';
import { NO_PLACEMENTS, type JudgedPlacements } from '../../domain/scheduling/judged-placement.ts';
import { planTrials } from '../../domain/scheduling/plan-trials.ts';
import type { Rescheduling } from '../../domain/scheduling/rescheduling.ts';
import { areAllPlacedInAnyOrder } from '../../domain/scheduling/room-survey.ts';
import { withOwnUids } from '../../domain/scheduling/second-replicas.ts';
import { planSteeredTrial } from '../../domain/scheduling/steered-trials.ts';
import type { Scheduler } from '../../ports/scheduler.ts';

/**
 * Runs the planned trials, one after another, then those that aim at what fitted in all of them and those that favour what fitted in none, and
 * judges all. Only the first is run when every pod certainly has a place in each of them. The scheduler is not started when no pod moves, and stops before the next trial when `signal` aborts.
 *
 * @throws Error: the scheduler could not be loaded, or rejects the facts. A defect of this program.
 * @throws the reason of `signal`
 */
export const placePods = async (
  scheduler: Scheduler,
  rescheduling: Rescheduling,
  signal?: AbortSignal,
): Promise<JudgedPlacements> => {
  const others = planTrials(rescheduling);
  const { value: drain } = others.next();
  const outcomes: TrialOutcome[] = [];
  if (!drain && rescheduling.bypassing.length === 0) return NO_PLACEMENTS;
  if (drain) {
    const session = await scheduler.open(rescheduling.scheduling);
    try {
      const run = async (trial: PlacementTrial): Promise<void> => {
        signal?.throwIfAborted();
        outcomes.push(withOwnUids({ trial, result: await session.tryPlacement(trial) }));
      };
      const isCertain = areAllPlacedInAnyOrder(rescheduling, await session.surveyRoom(drain));
      await run(drain);
      if (!isCertain) for (const trial of others) await run(trial);
      while (!isCertain) {
        const next = planSteeredTrial(rescheduling, outcomes) ?? planFavouringTrial(rescheduling, outcomes);
        if (next === undefined) break;
        await run(next);
      }
    } finally {
      await session.close();
    }
  }
  return judgeTrials(rescheduling, outcomes);
};
