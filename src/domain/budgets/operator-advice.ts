import type { DisruptionBudgetFacts } from '../cluster/facts.ts';

/** What the operator that owns a budget does itself, and what its documentation recommends. */
export interface OperatorAdvice {
  /** Instead of a change of the budget, which the operator would overwrite; without a full stop. */
  readonly remedy: string;
  /** What the evictions wait for, when waiting helps; absent: until more pods are healthy. */
  readonly awaited?: string;
}

type Advise = (budget: DisruptionBudgetFacts, labels: Readonly<Record<string, string>>) => OperatorAdvice;

/** By a label of the budget's selector, which the operator sets. Neither is a fact about the running operator: it is what it documents. */
const ADVISERS: Readonly<Record<string, Advise>> = {
  // https://cloudnative-pg.io/documentation/current/kubernetes_upgrade/, and pkg/specs/poddisruptionbudget.go of cloudnative-pg
  'cnpg.io/cluster': ({ namespace }, { 'cnpg.io/cluster': name, 'cnpg.io/instanceRole': role }) => ({
    remedy:
      `ask the owner of Cluster ${namespace}/${name ?? ''} (CloudNativePG) to set spec.instances to at least 2, so that the primary moves off the cordoned ` +
      'node, or to accept an outage with spec.enablePDB: false',
    ...(role === 'primary' ? { awaited: 'CloudNativePG has moved the primary off the cordoned node' } : {}),
  }),
  // https://github.com/strimzi/drain-cleaner, and PodDisruptionBudgetUtils.java of strimzi-kafka-operator
  'strimzi.io/cluster': ({ namespace }, { 'strimzi.io/cluster': name, 'strimzi.io/kind': kind }) => ({
    remedy:
      `ask the owner of ${kind ?? 'Kafka'} ${namespace}/${name ?? ''} (Strimzi) to set maxUnavailable in its template.podDisruptionBudget to 1, or cordon the node ` +
      'and annotate these pods with strimzi.io/manual-rolling-update: "true", so that Strimzi moves them',
  }),
};

/** Undefined for a budget of none of these operators. Pure. */
export const findOperatorAdvice = (budget: DisruptionBudgetFacts): OperatorAdvice | undefined => {
  const labels = budget.selector?.matchLabels ?? {};
  const key = Object.keys(ADVISERS).find((each) => each in labels);
  return key === undefined ? undefined : ADVISERS[key]?.(budget, labels);
};
