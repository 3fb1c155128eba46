import { describe, expect, it } from '@jest/globals';
import type { LabelSelector, LabelSelectorRequirement } from '../../../src/domain/cluster/facts.ts';
import { selectPods, selectPodsOf } from '../../../src/domain/cluster/select-pods.ts';
import { owner, pod } from '../../builders/pod.ts';
import { replicaSet, workload, workloadIndex } from '../../builders/workload.ts';

const pods = [
  pod({ name: 'a', labels: { app: 'web', tier: 'front' } }),
  pod({ name: 'b', labels: { app: 'web' } }),
  pod({ name: 'c', labels: { tier: 'front' } }),
  pod({ name: 'd', labels: {} }),
];
const selector = (
  matchLabels: Readonly<Record<string, string>>,
  ...matchExpressions: readonly LabelSelectorRequirement[]
): LabelSelector => ({ matchLabels, matchExpressions });

describe('selectPods', () => {
  it.each<[string, LabelSelector | undefined, string]>([
    ['no selector', undefined, ''],
    ['an empty selector', selector({}), 'abcd'],
    ['one label', selector({ app: 'web' }), 'ab'],
    ['two labels', selector({ app: 'web', tier: 'front' }), 'a'],
    ['a value that no pod has', selector({ app: 'db' }), ''],
    ['a label that no pod has', selector({ zone: 'a' }), ''],
    ['an expression', selector({}, { key: 'tier', operator: 'DoesNotExist', values: [] }), 'bd'],
    ['a label and an expression', selector({ app: 'web' }, { key: 'tier', operator: 'Exists', values: [] }), 'a'],
  ])('%s', (_name, given, names) => {
    // Twice: the second time the pods are known by their labels.
    for (const attempt of [1, 2]) {
      const found = selectPods(pods, given).map(({ name }) => name);
      expect([attempt, found.join('')]).toEqual([attempt, names]);
    }
  });

  it('compares each list with its own pods', () => {
    expect(selectPods(pods, selector({ app: 'web' }))).toHaveLength(2);
    expect(selectPods(pods.slice(1), selector({ app: 'web' }))).toEqual([pods[1]]);
  });
});

describe('selectPodsOf', () => {
  const other = pod({ name: 'other', controller: owner('apps/v1', 'ReplicaSet', 'other') });

  it('finds the pods of a Deployment through its ReplicaSet', () => {
    const index = workloadIndex(replicaSet(), workload());
    expect(selectPodsOf([...pods, other], workload(), index)).toEqual(pods);
    expect(selectPodsOf([...pods, other], { uid: 'uid-ReplicaSet-other' }, index)).toEqual([other]);
  });

  it('follows another index', () => {
    const list = [...pods];
    expect(selectPodsOf(list, workload(), workloadIndex(replicaSet(), workload()))).toHaveLength(4);
    expect(selectPodsOf(list, workload(), {})).toEqual([]);
  });
});
