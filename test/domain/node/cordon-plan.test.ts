import { describe, expect, it } from '@jest/globals';
import {
  planCordon,
  planReleaseKeepingCordon,
  planUncordon,
  type CordonTask,
  type MarkedNode,
  type NodeChange,
} from '../../../src/domain/node/cordon-plan.ts';
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

  it('writes neither person nor reason when the request names none', () => {
    const keys = Object.keys(cordoned({}, { taskId: '42' }).annotations);
    expect(keys.sort()).toEqual([OWN, SCALE_DOWN, EARLIER, OWNER].sort());
  });

  it('leaves the cordon of somebody else as it is and records it', () => {
    expect(planCordon(node({ unschedulable: true }), task)).toEqual({
      annotations: expect.objectContaining({ [EARLIER]: expect.stringContaining('"unschedulable":true') }) as unknown,
    });
  });

  it.each<[string, MarkedNode]>([
    ['carries our mark', cordoned()],
    ['carries our mark and was cordoned before us', cordoned({ unschedulable: true })],
    ['was uncordoned after us', { ...cordoned(), unschedulable: false }],
    ['lost its owner annotation and still has our record', without(cordoned(), OWNER)],
    ['lost our record and still has the owner annotation', without(cordoned(), EARLIER)],
  ])('does nothing to a node that %s', (_case, state) => {
    expect(planCordon(state, task)).toBe('nothing');
  });
});

describe('planUncordon puts back exactly what was there', () => {
  it.each<[string, Partial<NodeState>]>([
    ['a plain node', {}],
    ['a node that somebody else had cordoned', { unschedulable: true }],
    ['foreign annotations', { annotations: { 'example.io/a': '1', NodeDrainTask7: 'processing' } }],
    ['scale-down disabled before us', { annotations: { [SCALE_DOWN]: 'true' } }],
    ['scale-down explicitly allowed before us', { annotations: { [SCALE_DOWN]: 'false' } }],
    ['a person and a reason of an earlier task', { annotations: { [REASON]: 'old', [REQUESTED_BY]: 'bob' } }],
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
  `somebody ${verb} the annotation ${key} after us, so it is kept as it is now`;
const RUN_UNCORDON = 'so the cordon is kept; if nobody wants it, run `kubectl uncordon node-1`';

describe('planUncordon keeps what somebody else did later', () => {
  it.each<[string, MarkedNode, NodeChange | 'nothing', string[]]>([
    ['all as we left it', cordoned(), { unschedulable: false, annotations: ALL_GONE }, []],
    [
      'uncordoned',
      { ...cordoned(), unschedulable: false },
      { annotations: ALL_GONE },
      ['somebody uncordoned the node after us, so that is kept'],
    ],
    [
      'uncordoned, though it was cordoned before us',
      { ...cordoned({ unschedulable: true }), unschedulable: false },
      { annotations: ALL_GONE },
      ['somebody uncordoned the node after us, so that is kept'],
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
      'our task annotation changed',
      changed(OWN, 'done'),
      { unschedulable: false, annotations: gone(OWN) },
      [kept('changed', OWN)],
    ],
    [
      'an annotation removed that was not there before us',
      without(cordoned(), SCALE_DOWN),
      { unschedulable: false, annotations: gone(SCALE_DOWN) },
      [],
    ],
    [
      'an annotation removed that was there before us',
      without(cordoned({ annotations: { [SCALE_DOWN]: 'false' } }), SCALE_DOWN),
      { unschedulable: false, annotations: gone(SCALE_DOWN) },
      [kept('removed', SCALE_DOWN)],
    ],
    [
      'an annotation put back by hand',
      apply(cordoned({ annotations: { [SCALE_DOWN]: 'false' } }), { annotations: { [SCALE_DOWN]: 'false' } }),
      { unschedulable: false, annotations: gone(SCALE_DOWN) },
      [],
    ],
    [
      'the owner annotation removed',
      without(cordoned(), OWNER),
      { annotations: gone(OWNER) },
      [`the node is cordoned but not marked as ours, ${RUN_UNCORDON}`],
    ],
    [
      'the owner annotation removed and uncordoned',
      { ...without(cordoned(), OWNER), unschedulable: false },
      { annotations: gone(OWNER) },
      [],
    ],
    [
      'all our annotations removed but the cordon',
      without(cordoned(), ...Object.keys(ALL_GONE)),
      'nothing',
      [`the node is cordoned but not marked as ours, ${RUN_UNCORDON}`],
    ],
    [
      'owner and record removed',
      without(cordoned(), OWNER, EARLIER),
      { annotations: { [OWN]: null } },
      [`the node is cordoned but not marked as ours, ${RUN_UNCORDON}`],
    ],
    [
      'our record removed',
      without(cordoned(), EARLIER),
      { annotations: gone(SCALE_DOWN, EARLIER) },
      [
        `somebody removed or changed our record of what the node was before, ${RUN_UNCORDON}`,
        `what the annotation ${SCALE_DOWN} was before us is not known any more, so it is kept; if nobody wants it, run \`kubectl annotate node node-1 ${SCALE_DOWN}-\``,
      ],
    ],
    [
      'our record spoiled, scale-down removed',
      without(changed(EARLIER, '{}'), SCALE_DOWN),
      { annotations: gone(SCALE_DOWN) },
      [`somebody removed or changed our record of what the node was before, ${RUN_UNCORDON}`],
    ],
    [
      'another task has taken the node over',
      apply(cordoned(), planCordon(cordoned(), { taskId: '43' })),
      { annotations: { [OWN]: null } },
      ['task 43 owns the node now, so its cordon and annotations are kept'],
    ],
  ])('%s', (_case, state, change, notes) => {
    const plan = planUncordon(state, '42');
    expect(plan).toEqual({ change, notes });
  });
});

describe('planReleaseKeepingCordon', () => {
  it.each<[string, MarkedNode, NodeChange | 'nothing', string[]]>([
    ['takes our marks off', cordoned(), { annotations: ALL_GONE }, []],
    ['leaves an uncordoned node uncordoned', { ...cordoned(), unschedulable: false }, { annotations: ALL_GONE }, []],
    [
      'keeps what somebody else wrote',
      changed(REASON, 'mine'),
      { annotations: gone(REASON) },
      [kept('changed', REASON)],
    ],
    ['has nothing to take off a node without our marks', node({ unschedulable: true }), 'nothing', []],
    [
      'takes the rest off when the owner annotation is gone',
      without(cordoned(), OWNER),
      { annotations: gone(OWNER) },
      [],
    ],
    [
      'leaves the node of another task',
      cordoned({}, { taskId: '43' }),
      'nothing',
      ['task 43 owns the node now, so its cordon and annotations are kept'],
    ],
  ])('%s', (_case, state, change, notes) => {
    expect(planReleaseKeepingCordon(state, '42')).toEqual({ change, notes });
  });

  it('gives earlier annotations back and does nothing the second time', () => {
    const before = { annotations: { [SCALE_DOWN]: 'false', 'example.io/a': '1' } };
    const after = apply(cordoned(before), planReleaseKeepingCordon(cordoned(before), '42').change);
    expect(after.annotations).toEqual(before.annotations);
    expect(after.unschedulable).toBe(true);
    expect(planReleaseKeepingCordon(after, '42')).toEqual({ change: 'nothing', notes: [] });
  });
});
