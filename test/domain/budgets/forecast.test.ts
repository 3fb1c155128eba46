import { describe, expect, it } from '@jest/globals';
import type { DisruptionBudgetFacts, PodFacts } from '../../../src/domain/cluster/facts.ts';
import type { BudgetForecast } from '../../../src/domain/plan/decommission-plan.ts';
import { forecastBudgets } from '../../../src/domain/budgets/forecast.ts';
import { budget } from '../../builders/budget.ts';
import { barePod, pod } from '../../builders/pod.ts';
import { replicaSet, selector, workload, workloadIndex } from '../../builders/workload.ts';

const two = [pod(), pod({ name: 'web-1-b' })];
const index = workloadIndex(replicaSet(), workload());

describe('forecastBudgets', () => {
  it.each<[string, readonly PodFacts[], DisruptionBudgetFacts, BudgetForecast['verdict']]>([
    ['one of one', [pod()], budget(), 'enough'],
    ['two of one', two, budget(), 'inTurns'],
    ['none now, one pod is unhealthy', two, budget({ disruptionsAllowed: 0, currentHealthy: 2 }), 'waits'],
    ['maxUnavailable 0', two, budget({ disruptionsAllowed: 0, desiredHealthy: 3 }), 'never'],
    [
      'minAvailable = replicas while one is unhealthy',
      two,
      budget({ disruptionsAllowed: 0, currentHealthy: 2, desiredHealthy: 3 }),
      'never',
    ],
    ['the controller cannot count', two, budget({ disruptionsAllowed: 0, syncFailed: true }), 'never'],
    ['the controller has not processed it', two, budget({ observedGeneration: 0, disruptionsAllowed: 0 }), 'unknown'],
    [
      'P1 only a bare pod under maxUnavailable 1',
      [barePod({ labels: { app: 'web' } })],
      budget({ disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 0, expectedPods: 0 }),
      'never',
    ],
    [
      'replicas that are not counted yet',
      two,
      budget({ disruptionsAllowed: 0, currentHealthy: 2, desiredHealthy: 2, expectedPods: 2 }),
      'waits',
    ],
    [
      'unready pods under AlwaysAllow need nothing',
      [pod({ ready: false })],
      budget({ disruptionsAllowed: 0, unhealthyPodEvictionPolicy: 'AlwaysAllow', desiredHealthy: 3 }),
      'enough',
    ],
    [
      'pending pods need nothing',
      [pod({ phase: 'Pending' })],
      budget({ disruptionsAllowed: 0, desiredHealthy: 3 }),
      'enough',
    ],
  ])('%s', (_name, pods, given, expected) => {
    expect(forecastBudgets(pods, [given], index).map(({ verdict }) => verdict)).toEqual([expected]);
  });

  it('states the numbers', () => {
    expect(forecastBudgets(two, [budget({ disruptionsAllowed: 0, desiredHealthy: 3 })], index)).toEqual([
      {
        namespace: 'default',
        name: 'web-pdb',
        allowedNow: 0,
        needed: 2,
        verdict: 'never',
        message: 'budget default/web-pdb allows 0 of 2 evictions now: 3 of 3 healthy, 3 needed, so waiting cannot help',
      },
    ]);
  });

  it('lists only budgets that cover a pod, by name', () => {
    const budgets = [
      budget(),
      budget({ name: 'other', selector: selector({ app: 'other' }) }),
      budget({ name: 'all', selector: selector({}) }),
    ];

    expect(forecastBudgets([pod()], budgets).map(({ name }) => name)).toEqual(['all', 'web-pdb']);
  });
});
