import { describe, expect, it } from '@jest/globals';
import type { PreflightFacts } from '../../../src/domain/preflight/facts.ts';
import { drainFacts, estimatesOf, webBudget, webPods } from '../../builders/drain-facts.ts';
import { pod } from '../../builders/pod.ts';
import { createRandom, type Random } from '../../e2e/agreement/random.ts';

const CASES = 30;
const NODES = ['node-1', 'node-2'];

/** Ten replicas of `web` on three nodes, some pods without a budget, and system-critical pods. */
const toFacts = (random: Random, allowed: number): PreflightFacts => {
  const web = webPods(10).map((facts, index) => ({
    ...facts,
    nodeName: index < 3 ? 'node-3' : random.pick(NODES),
    secondsToReady: random.integer(1, 120),
    terminationGracePeriodSeconds: random.integer(0, 60),
  }));
  const others = Array.from({ length: random.integer(0, 4) }, (_, index) =>
    pod({
      name: `other-${index}`,
      nodeName: random.pick(NODES),
      labels: { app: 'other' },
      terminationGracePeriodSeconds: random.integer(0, 60),
      priority: random.chance(0.3) ? 2_000_000_000 : 0,
    }),
  );
  const request = { nodeNames: NODES, deleteNode: random.chance(0.5), maxUnavailable: 10, maxUnavailableGiven: true };
  return drainFacts({ pods: [...web, ...others], budgets: [webBudget(allowed)] }, request);
};

const secondsOf = (seed: number, allowed: number): readonly (readonly [number, number])[] =>
  Object.values(estimatesOf(toFacts(createRandom(seed), allowed))).map(
    ({ likelySeconds = NaN, longestSeconds = NaN }) => [likelySeconds, longestSeconds],
  );

const total = (seconds: readonly (readonly [number, number])[], index: 0 | 1): number =>
  seconds.reduce((sum, each) => sum + each[index], 0);

describe('estimateDrains', () => {
  it.each(Array.from({ length: CASES }, (_, seed) => seed))(
    'is a range of at least 0, and not longer with a larger budget (seed %i)',
    (seed) => {
      for (let allowed = 1; allowed < 10; allowed += 1) {
        const narrow = secondsOf(seed, allowed);
        const wide = secondsOf(seed, allowed + 1);
        expect(narrow.filter(([likely, longest]) => !(likely >= 0 && longest >= likely))).toEqual([]);
        expect(total(wide, 0)).toBeLessThanOrEqual(total(narrow, 0));
        expect(total(wide, 1)).toBeLessThanOrEqual(total(narrow, 1));
      }
    },
  );
});
