import type { DecommissionPlan } from './decommission-plan.ts';

/** The key of a workload in plans and evictions: `namespace` and e.g. `Deployment/web`. */
export const toWorkloadKey = ({
  namespace,
  workload,
}: {
  readonly namespace: string;
  readonly workload: string;
}): string => `${namespace}/${workload}`;

/** By node name: the workloads with pods on the node at planning time, each once. Any other workload appeared after planning. */
export const toPlannedWorkloads = (plan: DecommissionPlan): ReadonlyMap<string, readonly string[]> =>
  new Map(plan.nodes.map(({ nodeName, pods }) => [nodeName, [...new Set(pods.map(toWorkloadKey))]]));
