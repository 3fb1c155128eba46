import { describe, expect, it } from '@jest/globals';
import { planCordon, planReleaseKeepingCordon, planUncordon } from '../../../src/domain/node/cordon-plan.ts';
import { findLeavingTaint, planLeavingTaint, toLeavingTaint } from '../../../src/domain/node/leaving-taint.ts';
import type { NodeFacts, Taint } from '../../../src/domain/cluster/facts.ts';
import { node } from '../../builders/node.ts';

const OTHER: Taint = { key: 'gpu', value: '', effect: 'NoSchedule' };

/** Cordoned and tainted by task 42. */
const leaving = (taints: readonly Taint[], annotations: Readonly<Record<string, string>> = {}): NodeFacts => {
  const change = planCordon(node(), { taskId: '42' });
  if (change === 'nothing') throw new Error('it is cordoned');
  const written = Object.entries(change.annotations ?? {}).filter(
    (entry): entry is [string, string] => entry[1] !== null,
  );
  return node({ unschedulable: true, annotations: { ...Object.fromEntries(written), ...annotations }, taints });
};

describe('planLeavingTaint', () => {
  it('adds a taint that names the task, once', () => {
    expect(planLeavingTaint(node({ taints: [OTHER] }), '42')).toEqual({
      taints: [OTHER, { key: 'node-decommission.io/leaving', value: '42', effect: 'NoSchedule' }],
    });
    expect(planLeavingTaint(node({ taints: [toLeavingTaint('43')] }), '42')).toBe('nothing');
  });
});

describe('the undo of a leaving node', () => {
  it.each([
    ['uncordoned', planUncordon],
    ['left cordoned', planReleaseKeepingCordon],
  ])('%s, removes the taint of the task and no other', (_name, plan) => {
    const { change } = plan(leaving([OTHER, toLeavingTaint('42')]), '42');
    expect(change).toMatchObject({ taints: [OTHER] });
    const { change: ofOther } = plan(leaving([toLeavingTaint('43')]), '42');
    expect(ofOther).not.toHaveProperty('taints');
  });

  it('past its point of no return, changes nothing', () => {
    const passed = leaving([toLeavingTaint('42')], { 'node-decommission.io/point-of-no-return': 'noon' });
    expect(planUncordon(passed, '42')).toMatchObject({ change: 'nothing', passedAt: 'noon' });
  });

  it('without marks of the task, still removes its taint', () => {
    const plan = planUncordon(node({ taints: [toLeavingTaint('42')] }), '42');
    expect(plan).toMatchObject({ change: { taints: [] } });
    expect(findLeavingTaint({ taints: [] })).toBeUndefined();
  });
});
