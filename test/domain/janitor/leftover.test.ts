import { describe, expect, it } from '@jest/globals';
import { filterLeftovers, isSameLeftover, type LeftoverFilter } from '../../../src/domain/janitor/leftover.ts';
import { leftover } from '../../builders/leftover.ts';

const marks = leftover();
const lock = leftover({ kind: 'lock' });
const budget = leftover({
  kind: 'budget',
  object: 'PodDisruptionBudget shop/web',
  target: { kind: 'PodDisruptionBudget', namespace: 'shop', name: 'web', uid: 'uid-web' },
});
const ofOther = leftover({ taskId: 'task-2', object: 'Node node-2', target: { kind: 'Host', nodeName: 'node-2' } });

describe('filterLeftovers', () => {
  it.each<[string, LeftoverFilter, readonly unknown[]]>([
    ['everything without a filter', { nodeNames: [] }, [marks, lock, budget, ofOther]],
    ['what one task has left', { nodeNames: [], taskId: 'task-1' }, [marks, lock, budget]],
    ['what is on a node', { nodeNames: ['node-1'] }, [marks, lock]],
    ['nothing that matches only one part', { nodeNames: ['node-2'], taskId: 'task-1' }, []],
  ])('keeps %s', (_what, filter, expected) => {
    expect(filterLeftovers([marks, lock, budget, ofOther], filter)).toEqual(expected);
  });
});

describe('isSameLeftover', () => {
  it.each([
    ['itself, read again', leftover({ what: 'its annotations' }), true],
    ['the lock of the same node', lock, false],
    ['that of another task', leftover({ taskId: 'task-2' }), false],
  ])('compares with %s', (_what, other, isSame) => {
    expect(isSameLeftover(marks, other)).toBe(isSame);
  });
});
