import { describe, expect, it } from '@jest/globals';
import type { PodFacts } from '../../../src/domain/cluster/facts.ts';
import type { TrialOutcome } from '../../../src/domain/scheduling/placement-trial.ts';
import { planTrials } from '../../../src/domain/scheduling/plan-trials.ts';
import type { Rescheduling } from '../../../src/domain/scheduling/rescheduling.ts';
import { planSteeredTrial } from '../../../src/domain/scheduling/steered-trials.ts';
import { node } from '../../builders/node.ts';
import { owner, pod } from '../../builders/pod.ts';
import { rescheduling } from '../../builders/rescheduling.ts';
import { tryPlacement } from '../../fakes/fake-scheduler.ts';

const ofOwner = (name: string, overrides: Partial<PodFacts> = {}): PodFacts =>
  pod({ name, controller: owner('apps/v1', 'ReplicaSet', name), ...overrides });

const nodes = ['node-1', 'node-2', 'node-3', 'node-4', 'node-5', 'node-6'].map((name) =>
  node({ name, labels: { 'kubernetes.io/hostname': name, pool: name < 'node-4' ? 'small' : 'large' } }),
);

/** Every trial of the task, the planned ones first. */
const tryAll = (facts: Rescheduling): readonly TrialOutcome[] => {
  const toOutcome = (trial: TrialOutcome['trial']): TrialOutcome => ({
    trial,
    result: tryPlacement(facts.scheduling, trial),
  });
  const outcomes = [...planTrials(facts)].map(toOutcome);
  for (;;) {
    const trial = planSteeredTrial(facts, outcomes);
    if (trial === undefined) return outcomes;
    outcomes.push(toOutcome(trial));
  }
};

const toAims = (outcomes: readonly TrialOutcome[]): readonly string[] =>
  outcomes.flatMap(({ trial }) => (trial.preferredNodeNames === undefined ? [] : [trial.preferredNodeNames.join(' ')]));

describe('planSteeredTrial', () => {
  const small = { nodeSelector: { pool: 'small' } };

  it('places all others on the nodes of a workload first', () => {
    const moved = [
      ofOwner('choosy', { ...small, requests: { cpu: 100 } }),
      ofOwner('other', { requests: { cpu: 100 } }),
    ];
    const facts = rescheduling(moved, { nodes });
    const steered = tryAll(facts).filter(({ trial }) => trial.preferredNodeNames?.includes('node-2'));

    expect(steered[0]?.trial).toMatchObject({ choice: 'fullest', removedNodes: 'cordoned', leave: 'together' });
    expect(steered[0]?.trial.pods.map(({ uid }) => uid)).toEqual(['uid-default-other', 'uid-default-choosy']);
  });

  it('aims at another node too when the workload gets that instead', () => {
    const moved = [
      ofOwner('choosy', { ...small, requests: { cpu: 3000 } }),
      ofOwner('other', { requests: { cpu: 3000 } }),
    ];

    expect(toAims(tryAll(rescheduling(moved, { nodes })))).toEqual(expect.arrayContaining(['node-2 node-3']));
  });

  it('finds that two others can take both places of a pod', () => {
    const others = ['x', 'y'].map((name) => ofOwner(name, { requests: { cpu: 3000 } }));
    const choosy = ofOwner('choosy', { ...small, requests: { cpu: 3000 } });
    const outcomes = tryAll(rescheduling([choosy, ...others], { nodes }));
    const refusing = outcomes.filter(({ result }) => !('nodeName' in (result.places.get(choosy.uid) ?? {})));

    expect(refusing.length).toBeGreaterThan(0);
  });

  it('places the pods of the workload that already wait after the others too', () => {
    const choosy = owner('apps/v1', 'ReplicaSet', 'choosy');
    const moving = pod({ name: 'choosy-1', controller: choosy, ...small, requests: { cpu: 3000 } });
    const waiting = pod({
      name: 'choosy-2',
      controller: choosy,
      nodeName: '',
      phase: 'Pending',
      ...small,
      requests: { cpu: 3000 },
    });
    const others = ['x', 'y'].map((name) => ofOwner(name, { requests: { cpu: 3000 } }));
    const facts = rescheduling([moving, ...others], { nodes, pods: [moving, waiting, ...others] });
    const steered = tryAll(facts).filter(({ trial }) => trial.preferredNodeNames !== undefined);

    expect(
      steered.map(({ trial }) =>
        trial.pods
          .slice(2)
          .map(({ uid }) => uid)
          .sort(),
      ),
    ).toContainEqual([moving.uid, waiting.uid].sort());
  });

  it('aims at no workload that moves alone, or that once had no place', () => {
    const tooLarge = ofOwner('large', { requests: { cpu: 9000 } });
    expect(toAims(tryAll(rescheduling([ofOwner('alone')], { nodes })))).toEqual([]);
    expect(
      planSteeredTrial(
        rescheduling([tooLarge, ofOwner('b', { requests: { cpu: 9000 } })]),
        tryAll(rescheduling([tooLarge])),
      ),
    ).toBeUndefined();
  });

  it('tries no more than the planned trials of a task that is large', () => {
    const many = Array.from({ length: 2000 }, (_, index) => node({ name: `node-${index + 1}` }));
    const moved = Array.from({ length: 2000 }, (_, index) => ofOwner(`web-${index}`));
    const facts = rescheduling(moved, { nodes: many });
    const outcomes = [...planTrials(facts)].map((trial): TrialOutcome => ({
      trial,
      result: { places: new Map(moved.map(({ uid }) => [uid, { nodeName: 'node-2' }])) },
    }));

    expect(planSteeredTrial(facts, outcomes)).toBeUndefined();
  });
});
