import type { DecommissionPlan } from './decommission-plan.ts';

/** One workload, as plans and evictions name it: `namespace` and e.g. `Deployment/web`. */
export const toWorkloadKey = ({
  namespace,
  workload,
}: {
  readonly namespace: string;
  readonly workload: string;
}): string => `${namespace}/${workload}`;

/** By node name: the workloads whose pods the plan saw on it, each once. Whatever comes besides has come late. */
export const toPlannedWorkloads = (plan: DecommissionPlan): ReadonlyMap<string, readonly string[]> =>
  new Map(plan.nodes.map(({ nodeName, pods }) => [nodeName, [...new Set(pods.map(toWorkloadKey))]]));
