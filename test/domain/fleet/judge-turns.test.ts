import { describe, expect, it } from '@jest/globals';
import { findWithdrawals, judgeTurns } from '../../../src/domain/fleet/judge-turns.ts';
import { turnNodes, waitingNodes } from '../../builders/turns.ts';

const toText = (
  verdicts: ReturnType<typeof judgeTurns> | ReturnType<typeof findWithdrawals>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...verdicts].map(([nodeName, obstacle]) => [
      nodeName,
      obstacle ? `${obstacle.kind}: ${obstacle.nodes.map((node) => node.nodeName).join(' ')}` : 'starts',
    ]),
  );

describe('judgeTurns', () => {
  it.each<[string, string, string, number | undefined, Record<string, string>]>([
    ['without limits all start', 'a1 7', 'a2 7, a3 8', undefined, { a2: 'starts', a3: 'starts' }],
    [
      'the limit of the cluster counts the nodes of all tasks',
      'a1 7',
      'b1 8, c1 7',
      2,
      { b1: 'starts', c1: 'cluster: a1 b1' },
    ],
    ['the limit of its task counts nodes of others in the zone', 'a1 7, b1 7', 'a2 8 1', undefined, { a2: 'zone: a1' }],
    ['but none in another zone', 'b1 7, c1 7', 'a2 8 1', undefined, { a2: 'starts' }],
    [
      'the limit of a node in work holds for others in its zone',
      'a1 7 1',
      'a2 8, b2 8',
      undefined,
      { a2: 'zone: a1', b2: 'starts' },
    ],
    ['the smallest limit in a zone holds', 'a1 7 3, a2 8 2', 'a3 9 5', undefined, { a3: 'zone: a1 a2' }],
    ['with one zone at a time no other zone is in work', 'b1 7', 'a1 8 one', undefined, { a1: 'otherZone: b1' }],
    [
      'also for the others, while it is in work; then they come first',
      'a1 8 one',
      'b1 7, a2 7',
      undefined,
      { b1: 'otherZone: a1', a2: 'queue: b1' },
    ],
    [
      'one that its zone keeps waiting lets other zones pass, and none of its own',
      'a1 7',
      'a2 8 1, a3 7, b1 7',
      undefined,
      { a2: 'zone: a1', a3: 'queue: a2', b1: 'starts' },
    ],
    [
      'one that waits for other zones lets only its own zone pass',
      'b1 7',
      'a1 8 one, b2 7, a2 7',
      undefined,
      { a1: 'otherZone: b1', b2: 'queue: a1', a2: 'starts' },
    ],
    ['a place goes to the one that waits longest', 'a1 7', 'b9 9, b1 8', 2, { b9: 'starts', b1: 'cluster: a1 b9' }],
  ])('%s', (_name, working, waiting, maxConcurrentNodes, expected) => {
    const facts = { working: turnNodes(working), waiting: waitingNodes(waiting) };
    const limit = maxConcurrentNodes === undefined ? {} : { maxConcurrentNodes };
    expect(toText(judgeTurns({ ...facts, ...limit }))).toEqual(expected);
    expect(toText(judgeTurns({ ...facts, waiting: [...facts.waiting].reverse(), ...limit }))).toEqual(expected);
  });

  it('nodes that wait equally long start by their names', () => {
    const waiting = turnNodes('b1 7, a1 8').map((node) => ({ ...node, waitingSince: '' }));
    expect([...judgeTurns({ working: [], waiting, maxConcurrentNodes: 1 })].map(([name]) => name)).toEqual([
      'a1',
      'b1',
    ]);
  });
});

describe('findWithdrawals', () => {
  it.each<[string, string, string[], number | undefined, Record<string, string>]>([
    ['within the limits none', 'a1 7, a2 8', ['a2'], 2, {}],
    ['above the limit of the cluster the last ones', 'a1 7, a2 8, a3 8', ['a2', 'a3'], 2, { a3: 'cluster: a1 a2' }],
    [
      'all, if another task fills the limit alone',
      'a1 7, a2 8, a3 8',
      ['a2', 'a3'],
      1,
      { a3: 'cluster: a1 a2', a2: 'cluster: a1' },
    ],
    ['above the limit of a zone', 'a1 7 1, a2 8', ['a2'], undefined, { a2: 'zone: a1' }],
    ['one whose Node is gone is not judged', 'a1 7', ['a2'], 1, {}],
  ])('%s', (_name, working, marked, maxConcurrentNodes, expected) => {
    const limit = maxConcurrentNodes === undefined ? {} : { maxConcurrentNodes };
    expect(toText(findWithdrawals(marked, { working: turnNodes(working), ...limit }))).toEqual(expected);
  });

  it('of two tasks that see each other, both withdraw', () => {
    const working = turnNodes('a1 7, a2 8');
    for (const marked of ['a1', 'a2'])
      expect([...findWithdrawals([marked], { working, maxConcurrentNodes: 1 }).keys()]).toEqual([marked]);
  });
});
