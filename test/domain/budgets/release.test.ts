import { describe, expect, it } from '@jest/globals';
import { planBudgetRelease, toBudgetSpecHash, type BudgetRelease } from '../../../src/domain/budgets/release.ts';
import type { DisruptionBudgetFacts } from '../../../src/domain/cluster/facts.ts';
import { BUDGET_SPEC_HASH_ANNOTATION, MANAGED_BY_LABEL } from '../../../src/domain/cluster/annotations.ts';
import { budget } from '../../builders/budget.ts';
import { selector } from '../../builders/workload.ts';

const LABELS = { [MANAGED_BY_LABEL]: 'node-decommission' };

const edited = (what: string): BudgetRelease => ({
  kind: 'removeAnnotation',
  kept: `somebody edited it (${what}), so it stays without our annotation`,
});

const ours = (
  changes: Partial<DisruptionBudgetFacts> = {},
  annotations: Record<string, string> = {},
): DisruptionBudgetFacts =>
  budget({
    labels: LABELS,
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
    ['ours and edited: kept', ours({ maxUnavailable: 2 }), edited('spec')],
    [
      'ours with the hash removed counts as edited',
      ours({ annotations: { NodeDrainTask42: 'processing' } }),
      edited('spec'),
    ],
    [
      'ours with an annotation of somebody else counts as edited',
      ours({}, { 'argocd.argoproj.io/tracking-id': 'web', note: 'x' }),
      edited('annotations argocd.argoproj.io/tracking-id and note'),
    ],
    [
      'ours with a label of somebody else counts as edited',
      ours({ labels: { ...LABELS, team: 'web' } }),
      edited('labels team'),
    ],
    [
      'ours with our label changed counts as edited',
      ours({ labels: { [MANAGED_BY_LABEL]: 'Helm' } }),
      edited(`labels ${MANAGED_BY_LABEL}`),
    ],
    ['ours with our label removed counts as edited', ours({ labels: {} }), edited(`labels ${MANAGED_BY_LABEL}`)],
    [
      'ours edited in several ways: all are named',
      ours({ maxUnavailable: 2, labels: { ...LABELS, team: 'web' } }, { note: 'x' }),
      edited('spec, labels team, annotations note'),
    ],
    [
      'ours whose annotation has another value now: that is theirs, so nothing is written',
      ours({}, { NodeDrainTask42: 'paused' }),
      { kind: 'nothing', kept: 'somebody changed the value of NodeDrainTask42 on it, so it is kept as it is now' },
    ],
    [
      'a user’s budget whose annotation has another value now is left alone',
      budget({ annotations: { NodeDrainTask42: 'paused' } }),
      { kind: 'nothing', kept: 'somebody changed the value of NodeDrainTask42 on it, so it is kept as it is now' },
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
