import { describe, expect, it } from '@jest/globals';
import {
  DRAINED_ANNOTATION,
  LOCK_ANNOTATION,
  POINT_OF_NO_RETURN_ANNOTATION,
} from '../../../src/domain/cluster/annotations.ts';
import type { NodeFacts } from '../../../src/domain/cluster/facts.ts';
import { readTurn } from '../../../src/domain/fleet/read-turns.ts';
import { toLockText } from '../../../src/domain/node/lock.ts';
import { lockHolder } from '../../builders/lock-holder.ts';
import { node } from '../../builders/node.ts';
import { lockedNode, turnMark, workingMark } from '../../builders/turns.ts';

const working = lockedNode('a1', { mark: workingMark() });
const annotated = (key: string, value: string): NodeFacts => ({
  ...working,
  annotations: { ...working.annotations, [key]: value },
});
const toDrained = (taskId: string): string =>
  JSON.stringify({ taskId, at: '2026-01-02T00:00:00.000Z', cordonedBefore: false });
/** Of a task that takes no turns. */
const plain = node({ unschedulable: true, annotations: { [LOCK_ANNOTATION]: toLockText(lockHolder()) } });

describe('readTurn', () => {
  it.each<[string, NodeFacts, string | undefined]>([
    ['no lock', node({ unschedulable: true }), undefined],
    [
      'a lock that cannot be read',
      node({ unschedulable: true, annotations: { [LOCK_ANNOTATION]: 'mine!' } }),
      undefined,
    ],
    ['its turn', working, 'working'],
    ['its turn, and is not cordoned yet', { ...working, unschedulable: false }, 'working'],
    ['a mark that it waits', lockedNode('a1', { mark: turnMark() }), 'waiting'],
    ['no mark, of a task that takes turns', lockedNode('a1'), undefined],
    ['no mark, of a task that takes none', plain, 'unmarked'],
    ['no mark and no cordon, of a task that takes none', { ...plain, unschedulable: false }, undefined],
    ['passed its point of no return', annotated(POINT_OF_NO_RETURN_ANNOTATION, '2026-01-02T00:00:00.000Z'), undefined],
    ['been drained by its task', annotated(DRAINED_ANNOTATION, toDrained('42')), undefined],
    ['been drained by an earlier task', annotated(DRAINED_ANNOTATION, toDrained('41')), 'working'],
  ])('a node that has %s', (_name, given, expected) => {
    expect(readTurn(given)?.state).toBe(expected);
  });

  it('has the zone of the label, the task and its limits', () => {
    const mark = workingMark({ maxConcurrentPerZone: 2 });
    expect(readTurn(lockedNode('b1', { zone: 'b', taskId: '7', mark }))).toMatchObject({
      nodeName: 'b1',
      zone: 'b',
      taskId: '7',
      limits: { maxConcurrentPerZone: 2 },
    });
    expect(readTurn(plain)).toMatchObject({ zone: '', limits: { oneZoneAtATime: false } });
  });
});
