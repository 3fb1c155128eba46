import { describe, expect, it } from '@jest/globals';
import {
  DRAINED_ANNOTATION,
  LOCK_ANNOTATION,
  OWNER_TASK_ANNOTATION,
  POINT_OF_NO_RETURN_ANNOTATION,
} from '../../../src/domain/cluster/annotations.ts';
import { planCordon, planReleaseKeepingCordon } from '../../../src/domain/node/cordon-plan.ts';
import { markDrained, parseDrainedMark, planGiveBack } from '../../../src/domain/node/drained-mark.ts';
import type { NodeChange } from '../../../src/domain/node/node-change.ts';
import type { NodeFacts } from '../../../src/domain/cluster/facts.ts';
import { lockHolder } from '../../builders/lock-holder.ts';
import { node } from '../../builders/node.ts';

const AT = '2026-01-01T12:00:00.000Z';
const task = { taskId: 't-1', requestedBy: 'ann', reason: 'new disks' };

const apply = (before: NodeFacts, change: NodeChange | 'nothing'): NodeFacts => {
  if (change === 'nothing') return before;
  const annotations = Object.entries({ ...before.annotations, ...change.annotations });
  return {
    ...before,
    unschedulable: change.unschedulable ?? before.unschedulable,
    annotations: Object.fromEntries(annotations.filter((entry): entry is [string, string] => entry[1] !== null)),
  };
};

const cordoned = (before: NodeFacts, by: typeof task = task): NodeFacts => apply(before, planCordon(before, by));

const drained = (before: NodeFacts, by: typeof task = task): NodeFacts => {
  const state = cordoned(before, by);
  return apply(state, markDrained(state, planReleaseKeepingCordon(state, by.taskId), by, AT).change);
};

const readMark = ({ annotations }: NodeFacts) => parseDrainedMark(annotations[DRAINED_ANNOTATION]);

describe('markDrained', () => {
  it('is all that a drain leaves, beside the cordon', () => {
    const after = drained(node());
    expect(after.unschedulable).toBe(true);
    expect(Object.keys(after.annotations)).toEqual([DRAINED_ANNOTATION]);
    expect(readMark(after)).toEqual({ ...task, at: AT, cordonedBefore: false });
  });

  it.each([
    ['that another client had cordoned', drained(node({ unschedulable: true })), true],
    ['that an earlier drain had cordoned', drained(drained(node()), { ...task, taskId: 't-2' }), false],
    [
      'that an earlier drain found cordoned',
      drained(drained(node({ unschedulable: true })), { ...task, taskId: 't-2' }),
      true,
    ],
  ])('of a node %s records so', (_name, after, cordonedBefore) => {
    expect(readMark(after)?.cordonedBefore).toBe(cordonedBefore);
  });

  it.each([
    ['was uncordoned meanwhile', { ...cordoned(node()), unschedulable: false }],
    ['has another owner by now', cordoned(node(), { ...task, taskId: 't-2' })],
    ['has no marks of the task', node({ unschedulable: true })],
  ])('adds nothing to a node that %s', (_name, state) => {
    const plan = planReleaseKeepingCordon(state, 't-1');
    expect(markDrained(state, plan, task, AT)).toBe(plan);
  });
});

describe('parseDrainedMark', () => {
  it.each([undefined, '', 'x', '[]', '{}', '{"taskId":1,"at":"x","cordonedBefore":false}', '{"taskId":"a","at":"b"}'])(
    'reads nothing from %j',
    (text) => {
      expect(parseDrainedMark(text)).toBeUndefined();
    },
  );
});

describe('planGiveBack', () => {
  const who = 'task t-1 drained it until 2026-01-01T12:00:00.000Z (ann: new disks)';
  const cleared = { annotations: { [DRAINED_ANNOTATION]: null } };

  it.each<[string, NodeFacts, object]>([
    [
      'uncordons a drained node',
      drained(node()),
      {
        action: 'uncordon',
        isBack: true,
        sentence: `uncordoned: ${who}`,
        change: { ...cleared, unschedulable: false },
      },
    ],
    [
      'warns about a node whose kubelet may be stopped',
      { ...drained(node()), ready: false },
      { action: 'uncordon', sentence: `uncordoned: ${who}. The Node is not Ready: check that its kubelet runs` },
    ],
    [
      'keeps the cordon of another client',
      drained(node({ unschedulable: true })),
      {
        action: 'clear',
        isBack: false,
        change: cleared,
        sentence: expect.stringContaining('cordoned before task t-1'),
      },
    ],
    [
      'clears the record of a node that is back already',
      { ...drained(node()), unschedulable: false },
      { action: 'clear', isBack: true, change: cleared, sentence: `already uncordoned by another client; ${who}` },
    ],
    [
      'leaves a cordon without a record',
      node({ unschedulable: true }),
      { action: 'keep', isBack: false, change: 'nothing', sentence: expect.stringContaining('no drain of ours') },
    ],
    ['M4: has nothing to do for a schedulable node', node(), { action: 'keep', isBack: true, change: 'nothing' }],
    [
      'leaves a node on which a task works',
      cordoned(drained(node()), { ...task, taskId: 't-2' }),
      { action: 'keep', isBack: false, sentence: expect.stringContaining('task t-2 works on it') },
    ],
    [
      'leaves a locked node',
      apply(drained(node()), { annotations: { [LOCK_ANNOTATION]: JSON.stringify(lockHolder({ taskId: 't-3' })) } }),
      { action: 'keep', isBack: false, sentence: expect.stringContaining('task t-3 works on it') },
    ],
    [
      'leaves a node whose lock cannot be read',
      apply(drained(node()), { annotations: { [LOCK_ANNOTATION]: '?' } }),
      { action: 'keep', isBack: false, sentence: expect.stringContaining('a task works on it') },
    ],
    [
      'leaves a node past its point of no return',
      apply(drained(node()), { annotations: { [POINT_OF_NO_RETURN_ANNOTATION]: AT } }),
      { action: 'keep', isBack: false, sentence: expect.stringContaining('passed its point of no return') },
    ],
    [
      'leaves a node with a damaged record',
      apply(drained(node()), { annotations: { [DRAINED_ANNOTATION]: '{"taskId"' } }),
      { action: 'keep', isBack: false },
    ],
  ])('%s', (_name, state, expected) => {
    expect(planGiveBack(state)).toMatchObject(expected);
  });

  it('changes nothing the second time', () => {
    const state = drained(node());
    expect(planGiveBack(apply(state, planGiveBack(state).change))).toMatchObject({ action: 'keep', isBack: true });
  });

  it('has no marks of a task left to read', () => {
    expect(drained(node()).annotations).not.toHaveProperty([OWNER_TASK_ANNOTATION]);
  });
});
