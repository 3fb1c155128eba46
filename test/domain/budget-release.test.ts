import { describe, expect, it } from '@jest/globals';
import { planBudgetRelease, toBudgetSpecHash, type BudgetRelease } from '../../src/domain/budget-release.ts';
import type { DisruptionBudgetFacts } from '../../src/domain/facts.ts';
import { BUDGET_SPEC_HASH_ANNOTATION, MANAGED_BY_LABEL } from '../../src/domain/names.ts';
import { budget } from '../builders/budget.ts';
import { selector } from '../builders/workload.ts';

const ours = (
  changes: Partial<DisruptionBudgetFacts> = {},
  annotations: Record<string, string> = {},
): DisruptionBudgetFacts =>
  budget({
    labels: { [MANAGED_BY_LABEL]: 'node-decommission' },
    annotations: {
      NodeDrainTask42: 'processing',
      [BUDGET_SPEC_HASH_ANNOTATION]: toBudgetSpecHash(budget()),
      ...annotations,
    },
    ...changes,
  });

describe('planBudgetRelease', () => {
  const cases: [name: string, given: DisruptionBudgetFacts, release: BudgetRelease][] = [
    ['ours and untouched: deleted', ours(), { kind: 'delete' }],
    [
      'a user’s budget only loses our annotation',
      budget({ annotations: { NodeDrainTask42: 'processing' } }),
      { kind: 'removeAnnotation' },
    ],
    ['a user’s budget without our annotation is left alone', budget(), { kind: 'nothing' }],
    [
      'ours and used by another task: kept for it',
      ours({}, { NodeDrainTask7: 'processing' }),
      { kind: 'removeAnnotation', kept: 'still used by NodeDrainTask7' },
    ],
    [
      'ours and edited: kept',
      ours({ maxUnavailable: 2 }),
      { kind: 'removeAnnotation', kept: 'somebody edited it, so it stays without our annotation' },
    ],
    [
      'ours with the hash removed counts as edited',
      ours({ annotations: { NodeDrainTask42: 'processing' } }),
      { kind: 'removeAnnotation', kept: 'somebody edited it, so it stays without our annotation' },
    ],
    [
      'ours with our annotation removed by somebody: kept',
      ours({ annotations: {} }),
      { kind: 'nothing', kept: "it does not carry our annotation any more, so it is somebody else's now" },
    ],
  ];
  it.each(cases)('%s', (_name, given, release) => {
    expect(planBudgetRelease(given, '42')).toEqual(release);
  });
});

describe('toBudgetSpecHash', () => {
  it('does not depend on the order of labels, expressions and values', () => {
    const expressions = [
      { key: 'a', operator: 'In' as const, values: ['1', '2'] },
      { key: 'b', operator: 'Exists' as const, values: [] },
    ];
    const one = budget({ selector: { matchLabels: { a: '1', b: '2' }, matchExpressions: expressions } });
    const other = budget({
      selector: {
        matchLabels: { b: '2', a: '1' },
        matchExpressions: [expressions[1]!, { key: 'a', operator: 'In', values: ['2', '1'] }],
      },
    });
    expect(toBudgetSpecHash(one)).toBe(toBudgetSpecHash(other));
  });

  const changes: [name: string, change: Partial<DisruptionBudgetFacts>][] = [
    ['selector', { selector: selector({ app: 'other' }) }],
    ['maxUnavailable', { maxUnavailable: '10%' }],
    ['minAvailable', { minAvailable: 1 }],
    ['unhealthyPodEvictionPolicy', { unhealthyPodEvictionPolicy: 'AlwaysAllow' }],
  ];
  it.each(changes)('%s changes it', (_name, change) => {
    expect(toBudgetSpecHash(budget(change))).not.toBe(toBudgetSpecHash(budget()));
  });

  it('status and metadata do not change it', () => {
    const seen = budget({ disruptionsAllowed: 0, generation: 7, labels: { a: 'b' }, annotations: { c: 'd' } });
    expect(toBudgetSpecHash(seen)).toBe(toBudgetSpecHash(budget()));
  });
});
