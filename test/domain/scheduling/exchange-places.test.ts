import { describe, expect, it } from '@jest/globals';
import type { PodFacts } from '../../../src/domain/cluster/facts.ts';
import { exchangePlaces } from '../../../src/domain/scheduling/exchange-places.ts';
import type { TrialPlace } from '../../../src/domain/scheduling/placement-trial.ts';
import { noPlace } from '../../builders/placements.ts';
import { owner, pod } from '../../builders/pod.ts';
import { rescheduling } from '../../builders/rescheduling.ts';
import { placementTrial } from '../../builders/scheduler-facts.ts';

const ofOwner = (name: string, ownerName: string, overrides: Partial<PodFacts> = {}): PodFacts =>
  pod({ name, controller: owner('apps/v1', 'ReplicaSet', ownerName), ...overrides });

/** `+`: the pod has a place; `-`: it has none; one sign for each pod that moves, then for each that waits. */
const exchange = (moving: readonly PodFacts[], waiting: readonly PodFacts[], signs: string): string => {
  const pods = [...moving, ...waiting];
  const places = new Map(
    pods.map(({ uid }, index): [string, TrialPlace] => [
      uid,
      signs[index] === '+' ? { nodeName: 'node-2' } : noPlace(),
    ]),
  );
  const [outcome] = exchangePlaces(rescheduling(moving, { pods }), [{ trial: placementTrial([]), result: { places } }]);
  return pods.map(({ uid }) => ('nodeName' in (outcome?.result.places.get(uid) ?? noPlace()) ? '+' : '-')).join('');
};

describe('exchangePlaces', () => {
  const waiting = { nodeName: '', phase: 'Pending' } as const;
  it.each<[string, readonly PodFacts[], readonly PodFacts[], string, string]>([
    ['gives the places of a workload to its first pods', [ofOwner('a', 'web'), ofOwner('b', 'web')], [], '-+', '+-'],
    ['leaves pods of other workloads alone', [ofOwner('a', 'web'), ofOwner('b', 'db')], [], '-+', '-+'],
    [
      'leaves pods with another template alone',
      [ofOwner('a', 'web'), ofOwner('b', 'web', { priority: 9 })],
      [],
      '-+',
      '-+',
    ],
    [
      'gives the place of a pod that waits to one that moves',
      [ofOwner('a', 'web')],
      [ofOwner('b', 'web', waiting)],
      '-+',
      '+-',
    ],
    ['invents no place', [ofOwner('a', 'web'), ofOwner('b', 'web'), ofOwner('c', 'web')], [], '-+-', '+--'],
  ])('%s', (_name, moving, waiters, signs, expected) => {
    expect(exchange(moving, waiters, signs)).toBe(expected);
  });

  it('leaves pods without a controller alone', () => {
    const [a, b] = ['a', 'b'].map((name) => {
      const { controller: _controller, ...bare } = pod({ name });
      return bare;
    });
    expect(exchange([a!, b!], [], '-+')).toBe('-+');
  });
});
