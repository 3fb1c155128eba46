import { describe, expect, it } from '@jest/globals';
import {
  planCordon,
  planReleaseKeepingCordon,
  planUncordon,
  type CordonTask,
  type MarkedNode,
} from '../../../src/domain/node/cordon-plan.ts';
import type { NodeChange } from '../../../src/domain/node/node-change.ts';
import {
  EARLIER_STATE_ANNOTATION as EARLIER,
  OWNER_TASK_ANNOTATION as OWNER,
  REASON_ANNOTATION as REASON,
  REQUESTED_BY_ANNOTATION as REQUESTED_BY,
  SCALE_DOWN_DISABLED_ANNOTATION as SCALE_DOWN,
} from '../../../src/domain/cluster/annotations.ts';
import { node } from '../../builders/node.ts';

const task: CordonTask = { taskId: '42', requestedBy: 'alice', reason: 'broken fan' };
const OWN = 'NodeDrainTask42';

type NodeState = Pick<MarkedNode, 'unschedulable' | 'annotations'>;

const apply = (before: NodeState, change: NodeChange | 'nothing'): MarkedNode => {
  if (change === 'nothing') return node(before);
  const annotations = Object.entries({ ...before.annotations, ...change.annotations });
  return node({
    unschedulable: change.unschedulable ?? before.unschedulable,
    annotations: Object.fromEntries(annotations.filter((entry): entry is [string, string] => entry[1] !== null)),
  });
};

const cordoned = (before: Partial<NodeState> = {}, by: CordonTask = task): MarkedNode => {
  const state = node(before);
  return apply(state, planCordon(state, by));
};

const without = (state: MarkedNode, ...keys: string[]): MarkedNode =>
  apply(state, { annotations: Object.fromEntries(keys.map((key) => [key, null])) });

describe('planCordon', () => {
  it('marks a schedulable node in one write', () => {
    expect(planCordon(node(), task)).toEqual({
      unschedulable: true,
      annotations: {
        [OWNER]: '42',
        [OWN]: 'processing',
        [SCALE_DOWN]: 'true',
        [REQUESTED_BY]: 'alice',
        [REASON]: 'broken fan',
        [EARLIER]: expect.stringContaining('"unschedulable":false'),
      },
    });
  });

  it('writes neither requester nor reason when the request has none', () => {
    const keys = Object.keys(cordoned({}, { taskId: '42' }).annotations);
    expect(keys.sort()).toEqual([OWN, SCALE_DOWN, EARLIER, OWNER].sort());
  });

  it('leaves the cordon of another client unchanged and records it', () => {
    expect(planCordon(node({ unschedulable: true }), task)).toEqual({
      annotations: expect.objectContaining({ [EARLIER]: expect.stringContaining('"unschedulable":true') }) as unknown,
    });
  });

  it.each<[string, MarkedNode]>([
    ['has the mark of the task', cordoned()],
    ['has the mark of the task and was cordoned before', cordoned({ unschedulable: true })],
    ['was uncordoned after the task cordoned it', { ...cordoned(), unschedulable: false }],
    ['lost its owner annotation and still has the record', without(cordoned(), OWNER)],
    ['lost the record and still has the owner annotation', without(cordoned(), EARLIER)],
  ])('does nothing to a node that %s', (_case, state) => {
    expect(planCordon(state, task)).toBe('nothing');
  });
});

describe('planUncordon restores exactly the earlier state', () => {
  it.each<[string, Partial<NodeState>]>([
    ['a plain node', {}],
    ['a node that another client had cordoned', { unschedulable: true }],
    ['foreign annotations', { annotations: { 'example.io/a': '1', NodeDrainTask7: 'processing' } }],
    ['scale-down already disabled', { annotations: { [SCALE_DOWN]: 'true' } }],
    ['scale-down explicitly allowed', { annotations: { [SCALE_DOWN]: 'false' } }],
    ['requester and reason of an earlier task', { annotations: { [REASON]: 'old', [REQUESTED_BY]: 'bob' } }],
    ['marks that another task left', cordoned({}, { taskId: '41', reason: 'old' })],
    ['an unreadable record of another task', { annotations: { [OWNER]: '41', [EARLIER]: 'garbage' } }],
  ])('%s', (_case, before) => {
    const start = node(before);
    const plan = planUncordon(cordoned(before), '42');
    const after = apply(cordoned(before), plan.change);
    expect(plan.notes).toEqual([]);
    expect(after.unschedulable).toBe(start.unschedulable);
    expect(after.annotations).toEqual(start.annotations);
  });

  it('does nothing the second time', () => {
    const after = apply(cordoned(), planUncordon(cordoned(), '42').change);
    expect(planUncordon(after, '42')).toEqual({ change: 'nothing', notes: [] });
  });

  it('does nothing to a node that was never cordoned', () => {
    expect(planUncordon(node(), '42')).toEqual({ change: 'nothing', notes: [] });
  });
});

const ALL_GONE = {
  [OWNER]: null,
  [OWN]: null,
  [SCALE_DOWN]: null,
  [REQUESTED_BY]: null,
  [REASON]: null,
  [EARLIER]: null,
};
const gone = (...kept: string[]): Record<string, null> =>
  Object.fromEntries(Object.entries(ALL_GONE).filter(([key]) => !kept.includes(key)));
const changed = (key: string, value: string): MarkedNode => apply(cordoned(), { annotations: { [key]: value } });
const kept = (verb: string, key: string): string =>
  `annotation ${key} was ${verb} by another client during this task, and that change is kept`;
const UNCORDONED = 'the node was uncordoned by another client during this task, and that change is kept';
const NO_OWNER = "the node is cordoned but does not have this task's owner annotation";
const NO_RECORD = "another client removed or changed this task's record of the node's earlier state";
const RUN_UNCORDON = 'so the cordon is kept; to remove it, run `kubectl uncordon node-1`';

describe('planUncordon keeps later changes by other clients', () => {
  it.each<[string, MarkedNode, NodeChange | 'nothing', string[]]>([
    ['no later change', cordoned(), { unschedulable: false, annotations: ALL_GONE }, []],
    ['uncordoned', { ...cordoned(), unschedulable: false }, { annotations: ALL_GONE }, [UNCORDONED]],
    [
      'uncordoned, although it was cordoned before the task',
      { ...cordoned({ unschedulable: true }), unschedulable: false },
      { annotations: ALL_GONE },
      [UNCORDONED],
    ],
    [
      'another reason written',
      changed(REASON, 'mine now'),
      { unschedulable: false, annotations: gone(REASON) },
      [kept('changed', REASON)],
    ],
    [
      'scale-down allowed',
      changed(SCALE_DOWN, 'false'),
      { unschedulable: false, annotations: gone(SCALE_DOWN) },
      [kept('changed', SCALE_DOWN)],
    ],
    [
      'the task annotation changed',
      changed(OWN, 'done'),
      { unschedulable: false, annotations: gone(OWN) },
      [kept('changed', OWN)],
    ],
    [
      'an annotation removed that did not exist before the task',
      without(cordoned(), SCALE_DOWN),
      { unschedulable: false, annotations: gone(SCALE_DOWN) },
      [],
    ],
    [
      'an annotation removed that existed before the task',
      without(cordoned({ annotations: { [SCALE_DOWN]: 'false' } }), SCALE_DOWN),
      { unschedulable: false, annotations: gone(SCALE_DOWN) },
      [kept('removed', SCALE_DOWN)],
    ],
    [
      'an annotation restored manually',
      apply(cordoned({ annotations: { [SCALE_DOWN]: 'false' } }), { annotations: { [SCALE_DOWN]: 'false' } }),
      { unschedulable: false, annotations: gone(SCALE_DOWN) },
      [],
    ],
    [
      'the owner annotation removed',
      without(cordoned(), OWNER),
      { annotations: gone(OWNER) },
      [`${NO_OWNER}, ${RUN_UNCORDON}`],
    ],
    [
      'the owner annotation removed and uncordoned',
      { ...without(cordoned(), OWNER), unschedulable: false },
      { annotations: gone(OWNER) },
      [],
    ],
    [
      'all annotations of the task removed but not the cordon',
      without(cordoned(), ...Object.keys(ALL_GONE)),
      'nothing',
      [`${NO_OWNER}, ${RUN_UNCORDON}`],
    ],
    [
      'owner and record removed',
      without(cordoned(), OWNER, EARLIER),
      { annotations: { [OWN]: null } },
      [`${NO_OWNER}, ${RUN_UNCORDON}`],
    ],
    [
      'the record removed',
      without(cordoned(), EARLIER),
      { annotations: gone(SCALE_DOWN, EARLIER) },
      [
        `${NO_RECORD}, ${RUN_UNCORDON}`,
        `the earlier value of annotation ${SCALE_DOWN} is unknown, so the annotation is kept; to remove it, run \`kubectl annotate node node-1 ${SCALE_DOWN}-\``,
      ],
    ],
    [
      'the record corrupted, scale-down removed',
      without(changed(EARLIER, '{}'), SCALE_DOWN),
      { annotations: gone(SCALE_DOWN) },
      [`${NO_RECORD}, ${RUN_UNCORDON}`],
    ],
    [
      'another task has taken over the node',
      apply(cordoned(), planCordon(cordoned(), { taskId: '43' })),
      { annotations: { [OWN]: null } },
      ['the node is now owned by task 43, so its cordon and annotations are kept'],
    ],
  ])('%s', (_case, state, change, notes) => {
    const plan = planUncordon(state, '42');
    expect(plan).toEqual({ change, notes });
  });
});

describe('planReleaseKeepingCordon', () => {
  it.each<[string, MarkedNode, NodeChange | 'nothing', string[]]>([
    ['removes the marks of the task', cordoned(), { annotations: ALL_GONE }, []],
    ['leaves an uncordoned node uncordoned', { ...cordoned(), unschedulable: false }, { annotations: ALL_GONE }, []],
    [
      'keeps changes by other clients',
      changed(REASON, 'mine'),
      { annotations: gone(REASON) },
      [kept('changed', REASON)],
    ],
    ['has nothing to remove from a node without its marks', node({ unschedulable: true }), 'nothing', []],
    [
      'removes the other marks when the owner annotation is gone',
      without(cordoned(), OWNER),
      { annotations: gone(OWNER) },
      [],
    ],
    [
      'leaves the node of another task unchanged',
      cordoned({}, { taskId: '43' }),
      'nothing',
      ['the node is now owned by task 43, so its cordon and annotations are kept'],
    ],
  ])('%s', (_case, state, change, notes) => {
    expect(planReleaseKeepingCordon(state, '42')).toEqual({ change, notes });
  });

  it('restores earlier annotations and does nothing the second time', () => {
    const before = { annotations: { [SCALE_DOWN]: 'false', 'example.io/a': '1' } };
    const after = apply(cordoned(before), planReleaseKeepingCordon(cordoned(before), '42').change);
    expect(after.annotations).toEqual(before.annotations);
    expect(after.unschedulable).toBe(true);
    expect(planReleaseKeepingCordon(after, '42')).toEqual({ change: 'nothing', notes: [] });
  });
});
