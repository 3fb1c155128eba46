import { describe, expect, it } from '@jest/globals';
import { correctEstimate, type PodProgress } from '../../../src/domain/estimate/correct-estimate.ts';
import { describeRemaining } from '../../../src/domain/estimate/describe-remaining.ts';
import { drainEstimate } from '../../builders/drain-facts.ts';
import { createRandom } from '../../e2e/agreement/random.ts';

const CASES = 300;

/** A drain at any moment, plausible or not. */
const toPods = (seed: number): readonly PodProgress[] => {
  const random = createRandom(seed);
  return Array.from({ length: random.integer(1, 12) }, () => {
    const isAccepted = random.chance(0.6);
    const acceptedAt = random.integer(0, 200);
    const isGone = isAccepted && random.chance(0.6);
    return {
      workload: random.chance(0.7) ? 'default/Deployment/web' : 'default/Deployment/other',
      ...(isAccepted ? { acceptedAt } : {}),
      ...(isGone ? { goneAt: acceptedAt + random.integer(-5, 60) } : {}),
      isGone,
      isBlocked: random.chance(0.5),
      wait: 'default/web: terminating',
    };
  });
};

describe('correctEstimate', () => {
  it('never reports a negative time, an empty reason or 0 s while a pod is left', () => {
    for (let seed = 0; seed < CASES; seed += 1) {
      const pods = toPods(seed);
      const remaining = correctEstimate(drainEstimate(), { startedAt: 0, pods }, seed);
      expect(remaining === undefined).toBe(pods.every(({ isGone }) => isGone));
      if (remaining === undefined) continue;
      const text = describeRemaining(remaining, drainEstimate());
      expect(text).not.toMatch(/-\d|NaN|Infinity|undefined|\b0 s/);
      if (remaining.kind !== 'left') expect(remaining.waitingFor.length).toBeGreaterThan(0);
    }
  });
});
