import { toCountText } from '../text/counts.ts';
import type { DecommissionPlan } from './decommission-plan.ts';

/**
 * The plan that a task passes to its next run: without the pods, which are most of its size, and with a finding about that. Nothing else
 * changes, and a plan without pods is returned unchanged.
 */
export const toPlanWithoutPods = (plan: DecommissionPlan): DecommissionPlan => {
  const podCount = plan.nodes.reduce((sum, { pods }) => sum + pods.length, 0);
  if (podCount === 0) return plan;
  const message = `the ${toCountText(podCount, 'pod')} of this plan are not listed because the task continued as new: see the history of its first run`;
  return {
    ...plan,
    nodes: plan.nodes.map((node) => ({ ...node, pods: [] })),
    findings: [...plan.findings, { code: 'NotChecked', severity: 'info', subject: 'plan', message }],
  };
};
