import { describe, expect, it } from '@jest/globals';
import type { PodFacts } from '../../../src/domain/cluster/facts.ts';
import { planTrials } from '../../../src/domain/scheduling/plan-trials.ts';
import {
  areAllPlacedInAnyOrder,
  isPlacedInAnyOrder,
  type PodRoom,
} from '../../../src/domain/scheduling/room-survey.ts';
import { owner, pod } from '../../builders/pod.ts';
import { rescheduling } from '../../builders/rescheduling.ts';

const room = (domains: PodRoom['domains'], rivals = 0): PodRoom => ({ rivals, domains });

describe('isPlacedInAnyOrder', () => {
  it.each<[string, PodRoom, number, boolean]>([
    ['no node fits', room([[]]), 0, false],
    ['it moves alone and a node fits', room([[0]]), 0, true],
    ['another pod can take the only place', room([[0]]), 1, false],
    ['one of two nodes is left', room([[0, 0]]), 1, true],
    ['two others take both nodes', room([[0, 0]]), 2, false],
    ['one node takes two others and the pod', room([[2]]), 2, true],
    ['the third pod fills that node', room([[2]]), 3, false],
    ['others fill one node after another', room([[2, 1]]), 4, true],
    ['others fill all nodes', room([[2, 1]]), 5, false],
    ['a rival takes the node with the most room', room([[9, 0]], 1), 1, true],
    ['then another pod takes the rest', room([[9, 0]], 1), 2, false],
    ['rivals take every node', room([[9, 9]], 2), 2, false],
    ['rivals take all nodes but one', room([[9, 9, 0]], 2), 2, true],
    ['a pod that is no rival takes that one', room([[9, 9, 0]], 2), 3, false],
    ['every domain has room', room([[1], [1]]), 1, true],
    ['the pods fill one of its domains', room([[9], [0]]), 1, false],
    ['a domain has no node for it', room([[9], []]), 0, false],
    ['it has no domain', room([]), 0, false],
  ])('%s', (_name, podRoom, others, isPlaced) => {
    expect(isPlacedInAnyOrder(podRoom, others)).toBe(isPlaced);
  });
});

describe('areAllPlacedInAnyOrder', () => {
  const [a, b] = ['a', 'b'].map((name) => pod({ name, controller: owner('apps/v1', 'ReplicaSet', name) })) as [
    PodFacts,
    PodFacts,
  ];
  const waiting = pod({ name: 'waiting', nodeName: '', phase: 'Pending' });
  const spare = (...nodes: number[]): PodRoom => room([nodes]);

  it.each<[string, readonly PodFacts[], readonly [PodFacts, PodRoom][], boolean]>([
    [
      'every pod has room',
      [],
      [
        [a, spare(1)],
        [b, spare(1)],
      ],
      true,
    ],
    [
      'one pod lacks room',
      [],
      [
        [a, spare(1)],
        [b, spare(0)],
      ],
      false,
    ],
    ['the room of one pod is unknown', [], [[a, spare(9)]], false],
    [
      'a pod that waits competes too',
      [waiting],
      [
        [a, spare(1)],
        [b, spare(1)],
      ],
      false,
    ],
    [
      'a pod that waits needs no room itself',
      [waiting],
      [
        [a, spare(2)],
        [b, spare(2)],
        [waiting, spare()],
      ],
      true,
    ],
  ])('%s', (_name, others, rooms, areAll) => {
    const facts = rescheduling([a, b], { pods: [a, b, ...others] });
    const survey = new Map(rooms.map(([{ uid }, podRoom]) => [uid, podRoom]));
    expect(areAllPlacedInAnyOrder(facts, survey)).toBe(areAll);
  });

  it('asks for the room of the second replica of a pod that stays until then', () => {
    const facts = rescheduling([a], { surging: [a] });
    const [drain] = planTrials(facts);
    const survey = new Map(drain?.pods.map(({ uid }) => [uid, spare(0)]));
    expect(areAllPlacedInAnyOrder(facts, survey)).toBe(true);
    expect(areAllPlacedInAnyOrder(facts, new Map([[a.uid, spare(0)]]))).toBe(false);
  });
});
