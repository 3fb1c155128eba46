import { describe, expect, it } from '@jest/globals';
import type { PodFacts } from '../../../src/domain/cluster/facts.ts';
import { chooseSum, fillPlaces } from '../../../src/domain/scheduling/fill-places.ts';
import type { TrialOutcome } from '../../../src/domain/scheduling/placement-trial.ts';
import { planTrials } from '../../../src/domain/scheduling/plan-trials.ts';
import { planSteeredTrial } from '../../../src/domain/scheduling/steered-trials.ts';
import { tryPlacement } from '../../fakes/fake-scheduler.ts';
import { node } from '../../builders/node.ts';
import { owner, pod } from '../../builders/pod.ts';
import { rescheduling } from '../../builders/rescheduling.ts';

describe('chooseSum', () => {
  const rows: [name: string, amounts: number[], above: number, atMost: number, expected: number[] | undefined][] = [
    ['one item', [300, 500], 400, 500, [500]],
    ['a combination', [300, 200, 100], 450, 500, [300, 200]],
    ['an exact sum among many', [3000, 2500, 300, 300, 100, 100], 5950, 6000, [3000, 2500, 300, 100, 100]],
    ['nothing when each is too large', [700, 800], 400, 500, undefined],
    ['nothing when all together are too small', [100, 100], 400, 500, undefined],
    ['nothing without amounts', [0, 0], 0, 500, undefined],
    ['no item where there is no room anyway', [100], -1, 50, []],
    ['nothing where the room is overdrawn', [100], -200, -100, undefined],
  ];
  it.each(rows)('finds %s', (_name, amounts, above, atMost, expected) => {
    expect(chooseSum(amounts, (amount) => amount, { above, atMost })).toEqual(expected);
  });
});

describe('fillPlaces', () => {
  const ofOwner = (name: string, cpu: number): PodFacts =>
    pod({ name, controller: owner('apps/v1', 'ReplicaSet', name), requests: { cpu } });
  const nodes = [
    node({ name: 'node-1' }),
    node({ name: 'node-2', allocatable: { cpu: 1000, memory: 1e9, pods: 110 } }),
  ];
  /** Largest first, 600 and 240 leave 160; smallest first, 200, 200, 240 and 240 leave 120. Only 600, 200 and 200 fill the node. */
  const sizes = { small: 100, a: 600, b: 240, c: 240, d: 200, e: 200 };
  const moved = Object.entries(sizes).map(([name, cpu]) => ofOwner(name, cpu));
  const facts = rescheduling(moved, { nodes });
  const [small] = moved;

  const tryAll = (): readonly TrialOutcome[] => {
    const outcomes = [...planTrials(facts)].map((trial): TrialOutcome => ({
      trial,
      result: tryPlacement(facts.scheduling, trial),
    }));
    for (;;) {
      const trial = planSteeredTrial(facts, outcomes);
      if (trial === undefined) return outcomes;
      outcomes.push({ trial, result: tryPlacement(facts.scheduling, trial) });
    }
  };

  it('names the pods that fill a node, which no order by size finds', () => {
    const filling = fillPlaces(facts, tryAll(), [small!], ['node-2']);

    expect(filling?.reduce((sum, { requests }) => sum + (requests['cpu'] ?? 0), 0)).toBe(1000);
  });

  it('leads to a trial in which the pod has no place', () => {
    const refused = tryAll().filter(({ result }) => !('nodeName' in (result.places.get(small!.uid) ?? {})));

    expect(refused.length).toBeGreaterThan(0);
  });

  it.each([
    ['for a node that the others have never got', ['node-2'], [] as readonly TrialOutcome[]],
    ['for a node that is not there', ['node-9'], undefined],
  ] as const)('names none %s', (_name, nodeNames, outcomes = tryAll()) => {
    expect(fillPlaces(facts, outcomes, [small!], nodeNames)).toBeUndefined();
  });
});
