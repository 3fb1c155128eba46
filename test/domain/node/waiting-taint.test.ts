import { describe, expect, it } from '@jest/globals';
import type { Taint } from '../../../src/domain/cluster/facts.ts';
import type { NodeChange } from '../../../src/domain/node/node-change.ts';
import { planWaitingTaint, planWaitingTaintRemoval } from '../../../src/domain/node/waiting-taint.ts';
import { node } from '../../builders/node.ts';

const OTHER: Taint = { key: 'example.com/gpu', value: 'true', effect: 'NoSchedule', timeAdded: '2026-01-01T00:00:00Z' };
const waiting = (value: string): Taint => ({ key: 'node-decommission.io/waiting', value, effect: 'PreferNoSchedule' });
const OURS = waiting('42');
const THEIRS = waiting('43');
const OTHER_EFFECT: Taint = { ...OURS, effect: 'NoSchedule' };

describe('planWaitingTaint', () => {
  it.each<[string, readonly Taint[], NodeChange | 'nothing']>([
    ['taints a node', [], { taints: [OURS] }],
    ['keeps the other taints', [OTHER, OTHER_EFFECT], { taints: [OTHER, OTHER_EFFECT, OURS] }],
    ['writes nothing the second time', [OTHER, OURS], 'nothing'],
    ['leaves the taint that another task left', [THEIRS], 'nothing'],
  ])('%s', (_name, taints, expected) => {
    expect(planWaitingTaint(node({ taints }), '42')).toEqual(expected);
  });

  it('has a value that a taint may have, whatever the task id starts with', () => {
    const planned = planWaitingTaint(node(), '-5') as { taints: readonly Taint[] };
    expect(planned.taints[0]?.value).toMatch(/^[0-9a-f]{16}$/);
  });
});

describe('planWaitingTaintRemoval', () => {
  it.each<[string, readonly Taint[], NodeChange | 'nothing', readonly unknown[]]>([
    ['removes the taint of this task only', [OTHER, OURS, OTHER_EFFECT], { taints: [OTHER, OTHER_EFFECT] }, []],
    ['has nothing to do without it', [OTHER], 'nothing', []],
    [
      'keeps the taint of another task',
      [THEIRS],
      'nothing',
      [expect.stringMatching(/task 43.*kubectl taint node node-1 node-decommission.io\/waiting:PreferNoSchedule-/)],
    ],
  ])('%s', (_name, taints, change, notes) => {
    expect(planWaitingTaintRemoval(node({ taints }), '42')).toEqual({ change, notes });
  });

  it('undoes what was planned for any task id', () => {
    for (const taskId of ['42', '-5', 'a.b']) {
      const { taints } = planWaitingTaint(node({ taints: [OTHER] }), taskId) as { taints: readonly Taint[] };
      expect(planWaitingTaintRemoval(node({ taints }), taskId).change).toEqual({ taints: [OTHER] });
    }
  });
});
