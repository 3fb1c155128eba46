import type {
  V1Condition,
  V1PodDisruptionBudget,
  V1PodDisruptionBudgetSpec,
  V1PodDisruptionBudgetStatus,
} from '@kubernetes/client-node';
import type { DisruptionBudgetFacts } from '../../domain/cluster/facts.ts';
import { toLabelSelector } from './to-label-selector.ts';
import { toIdentity } from './to-metadata.ts';
import type { Wire } from '../transport/wire.ts';

export const toBudgetFacts = (budget: Wire<V1PodDisruptionBudget>): DisruptionBudgetFacts => ({
  ...toIdentity(budget.metadata),
  generation: budget.metadata?.generation ?? 0,
  labels: budget.metadata?.labels ?? {},
  annotations: budget.metadata?.annotations ?? {},
  deleting: budget.metadata?.deletionTimestamp !== undefined,
  ...toSpecFacts(budget.spec ?? {}),
  ...toStatusFacts(budget.status),
});

const toSpecFacts = (
  spec: Wire<V1PodDisruptionBudgetSpec>,
): Pick<DisruptionBudgetFacts, 'selector' | 'minAvailable' | 'maxUnavailable' | 'unhealthyPodEvictionPolicy'> => {
  const selector = toLabelSelector(spec.selector);
  return {
    ...(selector === undefined ? {} : { selector }),
    ...(spec.minAvailable === undefined ? {} : { minAvailable: spec.minAvailable }),
    ...(spec.maxUnavailable === undefined ? {} : { maxUnavailable: spec.maxUnavailable }),
    unhealthyPodEvictionPolicy: spec.unhealthyPodEvictionPolicy === 'AlwaysAllow' ? 'AlwaysAllow' : 'IfHealthyBudget',
  };
};

type StatusFacts = Pick<
  DisruptionBudgetFacts,
  | 'observedGeneration'
  | 'currentHealthy'
  | 'desiredHealthy'
  | 'expectedPods'
  | 'disruptionsAllowed'
  | 'disruptedPods'
  | 'syncFailure'
>;

/** All zero until the disruption controller has processed the budget. */
const toStatusFacts = (status: Wire<V1PodDisruptionBudgetStatus> = {}): StatusFacts => ({
  observedGeneration: status.observedGeneration ?? 0,
  currentHealthy: status.currentHealthy ?? 0,
  desiredHealthy: status.desiredHealthy ?? 0,
  expectedPods: status.expectedPods ?? 0,
  disruptionsAllowed: status.disruptionsAllowed ?? 0,
  disruptedPods: Object.keys(status.disruptedPods ?? {}),
  ...toSyncFailure(status.conditions ?? []),
});

const toSyncFailure = (conditions: readonly Wire<V1Condition>[]): Pick<StatusFacts, 'syncFailure'> => {
  const failed = conditions.find(isSyncFailure);
  return failed === undefined ? {} : { syncFailure: failed.message || failed.reason };
};

const isSyncFailure = ({ type, status, reason }: Wire<V1Condition>): boolean =>
  type === 'DisruptionAllowed' && status === 'False' && reason === 'SyncFailed';
