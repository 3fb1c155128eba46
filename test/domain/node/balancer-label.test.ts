import { describe, expect, it } from '@jest/globals';
import { isExcludedBy, leavesBalancers, planBalancerExclusion } from '../../../src/domain/node/balancer-label.ts';
import { planReleaseKeepingCordon, planUncordon } from '../../../src/domain/node/cordon-plan.ts';
import { node } from '../../builders/node.ts';

const LABEL = 'node.kubernetes.io/exclude-from-external-load-balancers';
const labelled = (value: string) => node({ labels: { [LABEL]: value, zone: 'a' } });

describe('leavesBalancers', () => {
  it.each([
    ['a node that is deleted', true, 'skip', true],
    ['a node whose host is cleaned', false, 'required', true],
    ['a node that stays', false, 'skip', false],
  ] as const)('%s', (_which, deleteNode, hostCleanup, expected) => {
    expect(leavesBalancers({ deleteNode, hostCleanup })).toBe(expected);
  });
});

describe('planBalancerExclusion', () => {
  it.each([
    ['a node without the label', node(), { labels: { [LABEL]: '42' } }],
    ['a node that has it from an earlier attempt', labelled('42'), 'nothing'],
    ['a node that another client has excluded', labelled('karpenter'), 'nothing'],
    ['a node that another client has excluded, without a value', labelled(''), 'nothing'],
  ])('%s', (_which, given, expected) => {
    expect(planBalancerExclusion(given, '42')).toEqual(expected);
  });

  it('starts a value with a letter or digit', () => {
    const change = planBalancerExclusion(node(), '_42');
    expect(change).toEqual({ labels: { [LABEL]: expect.stringMatching(/^[0-9a-z]/) as unknown } });
  });
});

describe('the undo of a node that is excluded from load balancers', () => {
  it.each([
    ['uncordoned', planUncordon],
    ['left cordoned', planReleaseKeepingCordon],
  ])('%s, removes the label of the task and no other', (_name, plan) => {
    expect(plan(labelled('42'), '42').change).toEqual({ labels: { [LABEL]: null } });
    for (const value of ['', 'true', '43']) expect(plan(labelled(value), '42').change).toBe('nothing');
    expect(isExcludedBy(node(), '42')).toBe(false);
  });

  it('leaves a node past its point of no return alone', () => {
    const passed = { ...labelled('42'), annotations: { 'node-decommission.io/point-of-no-return': 'noon' } };
    expect(planUncordon(passed, '42').change).toBe('nothing');
  });
});
