import type { DecommissionPlan, NodePlan } from './decommission-plan.ts';

/** The key of a workload in plans and evictions: `namespace` and e.g. `Deployment/web`. */
export const toWorkloadKey = ({
  namespace,
  workload,
}: {
  readonly namespace: string;
  readonly workload: string;
}): string => `${namespace}/${workload}`;

/**
 * By node name: the workloads with pods on the node at planning time, each once. Any other workload appeared after planning. A node of
 * which a large plan lists neither all pods nor all workloads is absent: of no workload is it known that it appeared later.
 */
export const toPlannedWorkloads = (plan: DecommissionPlan): ReadonlyMap<string, readonly string[]> =>
  new Map(plan.nodes.filter(hasAllWorkloads).map((node) => [node.nodeName, toWorkloadsOfNode(node)]));

const hasAllWorkloads = ({ unlistedPodCount = 0, unlistedWorkloads }: NodePlan): boolean =>
  unlistedPodCount === 0 || unlistedWorkloads !== undefined;

const toWorkloadsOfNode = ({ pods, unlistedWorkloads = [] }: NodePlan): readonly string[] => [
  ...new Set([...pods.map(toWorkloadKey), ...unlistedWorkloads]),
];
