import { describe, expect, it } from '@jest/globals';
import type { PodFacts } from '../../../src/domain/cluster/facts.ts';
import { planFavouringTrial } from '../../../src/domain/scheduling/favouring-trials.ts';
import type { PlacementTrial, TrialOutcome } from '../../../src/domain/scheduling/placement-trial.ts';
import type { Rescheduling } from '../../../src/domain/scheduling/rescheduling.ts';
import { owner, pod } from '../../builders/pod.ts';
import { rescheduling } from '../../builders/rescheduling.ts';
import { tryPlacement } from '../../fakes/fake-scheduler.ts';

const ofOwner = (name: string, overrides: Partial<PodFacts> = {}): PodFacts =>
  pod({ name, requests: { cpu: 3000 }, controller: owner('apps/v1', 'ReplicaSet', name), ...overrides });

/** Places the pods in this order. */
const tryInOrder = (facts: Rescheduling, pods: readonly PodFacts[]): TrialOutcome => {
  const trial: PlacementTrial = {
    removedNodeNames: ['node-1'],
    removedNodes: 'cordoned',
    pods: pods.map(({ uid }) => ({ uid })),
    leave: 'together',
    choice: 'fullest',
  };
  return { trial, result: tryPlacement(facts.scheduling, trial) };
};

const [first, second] = [ofOwner('first'), ofOwner('second')];
/** The other node has room for one of them. */
const facts = rescheduling([first, second]);

describe('planFavouringTrial', () => {
  it('places a workload first that had no place in any trial', () => {
    const trial = planFavouringTrial(facts, [tryInOrder(facts, [first, second])]);

    expect(trial).toMatchObject({ removedNodes: 'cordoned', leave: 'together', choice: 'scheduler' });
    expect(trial?.pods.map(({ uid }) => uid)).toEqual([second.uid, first.uid]);
    expect(tryPlacement(facts.scheduling, trial!).places.get(second.uid)).toEqual({ nodeName: 'node-2' });
  });

  it('is not repeated', () => {
    const tooLarge = rescheduling([ofOwner('large', { requests: { cpu: 9000 } })]);
    const large = tooLarge.moving.map(({ pod: moving }) => moving);
    const outcomes = [tryInOrder(tooLarge, large)];
    const trial = planFavouringTrial(tooLarge, outcomes)!;

    const tried = { trial, result: tryPlacement(tooLarge.scheduling, trial) };
    expect(planFavouringTrial(tooLarge, [...outcomes, tried])).toBeUndefined();
  });

  it('favours no workload that had a place', () => {
    const outcomes = [tryInOrder(facts, [first, second]), tryInOrder(facts, [second, first])];
    expect(planFavouringTrial(facts, outcomes)).toBeUndefined();
  });
});
