import { describe, expect, it } from '@jest/globals';
import { toRemedy, type BlockedBudget } from '../../../src/domain/budgets/remedy.ts';
import type { DisruptionBudgetFacts } from '../../../src/domain/cluster/facts.ts';
import { budget } from '../../builders/budget.ts';

const remedyFor = (overrides: Partial<DisruptionBudgetFacts>, blocked: Partial<BlockedBudget> = {}): string =>
  toRemedy({
    budget: budget(overrides),
    possiblePods: 3,
    failingPods: 0,
    unreadyPods: 0,
    isPlanned: false,
    ...blocked,
  });

describe('toRemedy', () => {
  it.each<[string, Partial<DisruptionBudgetFacts>, Partial<BlockedBudget>, string]>([
    [
      'maxUnavailable 0',
      { maxUnavailable: 0, desiredHealthy: 3 },
      {},
      'ask its owner to set its maxUnavailable (0) to 1',
    ],
    [
      'minAvailable = replicas',
      { maxUnavailable: undefined, minAvailable: '100%', desiredHealthy: 3 } as never,
      {},
      'ask its owner to set its minAvailable (100%) so that it requires at most 2 of 3 pods, or to scale its workload to more than 3 replicas',
    ],
    [
      'minAvailable = replicas, and a pod that cannot start',
      { maxUnavailable: undefined, minAvailable: 3, desiredHealthy: 3 } as never,
      { failingPods: 1 },
      'ask its owner to set its minAvailable (3) so that it requires at most 2 of 3 pods, or to scale its workload to more than 3 replicas, and to repair the 1 pod that cannot start',
    ],
    ['only pods that cannot start', {}, { failingPods: 2 }, 'ask its owner to repair the 2 pods that cannot start'],
    [
      'unready pods under the default policy',
      {},
      { failingPods: 2, unreadyPods: 1 },
      'ask its owner to repair the 2 pods that cannot start, or to set its unhealthyPodEvictionPolicy to AlwaysAllow, which allows to evict the 1 pod that is not Ready',
    ],
    [
      'a controller that cannot count',
      { syncFailure: 'no scale' },
      {},
      'ask its owner to set a minAvailable that is a number instead, or to select only pods of workloads with a replica count',
    ],
    [
      'only bare pods',
      { expectedPods: 0, desiredHealthy: 0 },
      { possiblePods: 0 },
      'ask its owner to set a minAvailable that is a number instead, or to select only pods of workloads with a replica count',
    ],
    [
      'our own budget',
      {},
      { isPlanned: true, failingPods: 1 },
      'repair the 1 pod that cannot start, or set a higher maxUnavailable for the run',
    ],
  ])('for %s names the change', (_name, overrides, blocked, text) => {
    expect(remedyFor(overrides, blocked)).toBe(text);
  });

  const label = (key: string, value: string): Partial<DisruptionBudgetFacts> => ({ labels: { [key]: value } });
  const annotation = (key: string, value: string): Partial<DisruptionBudgetFacts> => ({
    annotations: { [key]: value },
  });
  it.each<[Partial<DisruptionBudgetFacts>, string]>([
    [annotation('meta.helm.sh/release-name', 'shop'), 'Helm release default/shop'],
    [
      annotation('argocd.argoproj.io/tracking-id', 'shop:policy/PodDisruptionBudget:shop/web'),
      'Argo CD application shop',
    ],
    [label('argocd.argoproj.io/instance', 'shop'), 'Argo CD application shop'],
    [
      {
        labels: {
          'app.kubernetes.io/managed-by': 'Helm',
          'helm.toolkit.fluxcd.io/name': 'shop',
          'helm.toolkit.fluxcd.io/namespace': 'flux',
        },
      },
      'Flux HelmRelease flux/shop',
    ],
    [label('app.kubernetes.io/managed-by', 'strimzi-cluster-operator'), 'strimzi-cluster-operator'],
  ])('names what manages the budget: %j', (overrides, manager) => {
    expect(remedyFor({ maxUnavailable: 0, desiredHealthy: 3, ...overrides })).toBe(
      `ask its owner (${manager}) to set its maxUnavailable (0) to 1`,
    );
  });
});
