import { describe, expect, it } from '@jest/globals';
import { describeTurns } from '../../../src/domain/fleet/describe-turns.ts';
import type { TurnObstacle } from '../../../src/domain/fleet/judge-turns.ts';
import { turnNodes } from '../../builders/turns.ts';

const nodes = turnNodes('b1 8, a1 7');

describe('describeTurns', () => {
  it.each<[string, TurnObstacle[], string]>([
    ['nothing', [], ''],
    [
      'the limit of the cluster',
      [{ kind: 'cluster', limit: 2, nodes }],
      '1 node waits for its turn: cluster limit of 2 nodes at once; in work or next: a1 (task 7), b1 (task 8)',
    ],
    [
      'the limit of a zone',
      [{ kind: 'zone', zone: 'a', limit: 1, nodes: turnNodes('a1 7') }],
      '1 node waits for its turn: limit of 1 node at once in zone a; in work or next: a1 (task 7)',
    ],
    [
      'the limit of a zone without a label',
      [{ kind: 'zone', zone: '', limit: 1, nodes: turnNodes('a1 7') }],
      '1 node waits for its turn: limit of 1 node at once in the zone of nodes without a zone label; in work or next: a1 (task 7)',
    ],
    [
      'one zone at a time',
      [{ kind: 'otherZone', nodes: turnNodes('b1 8') }],
      '1 node waits for its turn: zones go one at a time; in work or next in other zones: b1 (task 8)',
    ],
    [
      'nodes that wait longer',
      [{ kind: 'queue', nodes: turnNodes('b1 8') }],
      '1 node waits for its turn: nodes that wait longer go first: b1 (task 8)',
    ],
    [
      'several reasons, the most frequent first',
      [
        { kind: 'queue', nodes: turnNodes('b1 8') },
        { kind: 'cluster', limit: 1, nodes: turnNodes('a1 7, a2 7, a3 7, a4 7, a5 7, a6 7') },
        { kind: 'cluster', limit: 1, nodes: turnNodes('a1 7, a2 7, a3 7, a4 7, a5 7, a6 7') },
      ],
      '2 nodes wait for their turn: cluster limit of 1 node at once; in work or next: a1 (task 7), a2 (task 7), a3 (task 7), a4 (task 7), ' +
        'a5 (task 7) and 1 more; 1 node waits for its turn: nodes that wait longer go first: b1 (task 8)',
    ],
  ])('of %s', (_name, obstacles, expected) => {
    expect(describeTurns(obstacles)).toBe(expected);
  });
});
