import { toCountText } from '../text/counts.ts';
import type { DecommissionPlan } from './decommission-plan.ts';

/**
 * The plan as a task carries it into its next run: without the pods, which are most of its size; a finding says so. Nothing else changes,
 * and a plan without pods is returned as it is.
 */
export const toPlanWithoutPods = (plan: DecommissionPlan): DecommissionPlan => {
  const podCount = plan.nodes.reduce((sum, { pods }) => sum + pods.length, 0);
  if (podCount === 0) return plan;
  const message = `the ${toCountText(podCount, 'pod')} of this plan are left out of the list: the task continued in a new run; the history of its first run has them`;
  return {
    ...plan,
    nodes: plan.nodes.map((node) => ({ ...node, pods: [] })),
    findings: [...plan.findings, { code: 'NotChecked', severity: 'info', subject: 'plan', message }],
  };
};
