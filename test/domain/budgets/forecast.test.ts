import { describe, expect, it } from '@jest/globals';
import type { DisruptionBudgetFacts, PodFacts } from '../../../src/domain/cluster/facts.ts';
import type { BudgetForecast } from '../../../src/domain/plan/decommission-plan.ts';
import type { CreateBudget } from '../../../src/domain/budgets/decision.ts';
import { toCreatedBudgets } from '../../../src/domain/budgets/created-budgets.ts';
import { forecastBudgets, type ForecastFacts } from '../../../src/domain/budgets/forecast.ts';
import { budget } from '../../builders/budget.ts';
import { barePod, pod } from '../../builders/pod.ts';
import { replicaSet, selector, workload, workloadIndex } from '../../builders/workload.ts';

const two = [pod(), pod({ name: 'web-1-b' })];
const index = workloadIndex(replicaSet(), workload());

/** The pods to evict are all pods of the namespace. */
const forecast = (
  podsToEvict: readonly PodFacts[],
  budgets: readonly DisruptionBudgetFacts[],
  facts: Partial<ForecastFacts> = {},
): readonly BudgetForecast[] =>
  forecastBudgets({
    podsToEvict,
    namespacePods: { default: podsToEvict },
    budgets,
    created: [],
    index,
    unplaced: new Map(),
    ...facts,
  });

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
    ['the controller cannot count', two, budget({ disruptionsAllowed: 0, syncFailure: 'no scale' }), 'never'],
    [
      'the controller could never count it, so it has not processed it either',
      two,
      budget({ observedGeneration: 0, disruptionsAllowed: 0, syncFailure: 'no scale' }),
      'never',
    ],
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
    expect(forecast(pods, [given]).map(({ verdict }) => verdict)).toEqual([expected]);
  });

  it.each<[string, readonly PodFacts[], DisruptionBudgetFacts, string]>([
    [
      'more than are needed',
      two,
      budget({ disruptionsAllowed: 5 }),
      'budget default/web-pdb allows 5 evictions now, and the nodes need 2',
    ],
    [
      'none, ever',
      two,
      budget({ disruptionsAllowed: 0, desiredHealthy: 3 }),
      'budget default/web-pdb allows 0 evictions now, and the nodes need 2: 3 of 3 pods are healthy, and it requires 3; waiting cannot help',
    ],
    [
      'what the controller cannot count',
      two,
      budget({ disruptionsAllowed: 0, syncFailure: 'found no controllers for pod "web-1"' }),
      'budget default/web-pdb allows 0 evictions now, and the nodes need 2: the disruption controller cannot count its pods (found no controllers for pod "web-1")',
    ],
    [
      'pods that are not Ready, under the default policy',
      [pod(), pod({ name: 'web-1-b', ready: false })],
      budget({ disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 2 }),
      'budget default/web-pdb allows 0 evictions now, and the nodes need 2: 1 of 3 pods are healthy, and it requires 2; 1 of the pods to evict are not Ready and are blocked too, because its unhealthyPodEvictionPolicy is IfHealthyBudget (AlwaysAllow would let them go); evictions wait until more are healthy',
    ],
  ])('states the numbers: %s', (_name, pods, given, message) => {
    expect(forecast(pods, [given]).map((each) => each.message)).toEqual([message]);
  });

  it('counts no pod on becoming healthy whose container cannot start', () => {
    const crashing = pod({ name: 'web-1-b', ready: false, waitingReason: 'CrashLoopBackOff' });
    const given = budget({ disruptionsAllowed: 0, currentHealthy: 2, desiredHealthy: 2 });
    expect(forecast([pod()], [given], { namespacePods: { default: [pod(), crashing] } })).toMatchObject([
      { verdict: 'never', message: expect.stringContaining('1 cannot start (CrashLoopBackOff)') as unknown },
    ]);
    expect(forecast([pod()], [given])).toMatchObject([{ verdict: 'waits' }]);
  });

  describe('when replacements find no node', () => {
    const elsewhere = [pod(), pod({ name: 'web-1-b', nodeName: 'node-2' })];
    const unplaced = (kind: 'always' | 'untilDeletion', ...names: string[]): ForecastFacts['unplaced'] =>
      new Map(names.map((name) => [`uid-default-${name}`, kind]));
    const verdictOf = (pods: readonly PodFacts[], found: ForecastFacts['unplaced'], allowed = 1): unknown =>
      forecast(pods, [budget({ disruptionsAllowed: allowed })], { unplaced: found })[0]?.verdict;

    it.each<[string, readonly PodFacts[], ForecastFacts['unplaced'], BudgetForecast['verdict']]>([
      ['of one, which is allowed', two, unplaced('always', 'web-1-a'), 'inTurns'],
      ['of two on two nodes, ever', elsewhere, unplaced('always', 'web-1-a', 'web-1-b'), 'never'],
      ['of two on one node, before its deletion', two, unplaced('untilDeletion', 'web-1-a', 'web-1-b'), 'never'],
      [
        'of two on two nodes, before their deletion',
        elsewhere,
        unplaced('untilDeletion', 'web-1-a', 'web-1-b'),
        'waits',
      ],
    ])('%s', (_name, pods, found, expected) => {
      expect(verdictOf(pods, found)).toBe(expected);
    });

    it('needs no place for what is allowed at once', () => {
      expect(verdictOf(two, unplaced('always', 'web-1-a', 'web-1-b'), 2)).toBe('enough');
    });

    it('names the pods and what to do', () => {
      expect(forecast(elsewhere, [budget()], { unplaced: unplaced('always', 'web-1-a', 'web-1-b') })).toMatchObject([
        {
          message:
            'budget default/web-pdb allows 1 eviction now, and the nodes need 2: 2 replacements would find no node while the nodes to remove exist (of default/web-1-a, default/web-1-b), so waiting cannot help',
          remedy: 'add a suitable node first, or remove fewer nodes at a time',
        },
      ]);
    });
  });

  describe('of a budget that the run would create', () => {
    const created: CreateBudget = {
      action: 'create',
      namespace: 'default',
      name: 'web-pdb',
      workload: 'Deployment/web',
      reason: '',
      selector: selector({ app: 'web' }),
      maxUnavailable: '25%',
    };
    const fourPods = (unready: number): readonly PodFacts[] =>
      [1, 2, 3, 4].map((number) => pod({ name: `web-${number}`, ready: number > unready }));
    const fourReplicas = workloadIndex(replicaSet({ replicas: 4 }), workload({ replicas: 4 }));

    it.each<[unready: number, Partial<BudgetForecast>]>([
      [0, { verdict: 'enough', allowedNow: 1, needed: 1 }],
      [1, { verdict: 'waits', allowedNow: 0, needed: 1 }],
      [2, { verdict: 'waits', allowedNow: 0, needed: 1 }],
    ])('counts the pods that there are: %i of 4 not Ready', (unready, expected) => {
      const pods = fourPods(unready);
      const [forecasted] = forecast([pods[3]!], [], {
        namespacePods: { default: pods },
        created: toCreatedBudgets([created], { namespacePods: { default: pods }, index: fourReplicas }),
        index: fourReplicas,
      });
      expect(forecasted).toMatchObject({ name: 'web-pdb', ...expected });
      expect(forecasted?.message).toContain('budget default/web-pdb, which this run would create, allows');
    });

    it('charges no pod that is not Ready', () => {
      const pods = fourPods(2);
      const [forecasted] = forecast([pods[0]!], [], {
        namespacePods: { default: pods },
        created: toCreatedBudgets([created], { namespacePods: { default: pods }, index: fourReplicas }),
        index: fourReplicas,
      });
      expect(forecasted).toMatchObject({ verdict: 'enough', needed: 0 });
    });
  });

  it('lists only budgets that cover a pod, by name', () => {
    const budgets = [
      budget(),
      budget({ name: 'other', selector: selector({ app: 'other' }) }),
      budget({ name: 'all', selector: selector({}) }),
    ];

    expect(forecast([pod()], budgets).map(({ name }) => name)).toEqual(['all', 'web-pdb']);
  });
});
