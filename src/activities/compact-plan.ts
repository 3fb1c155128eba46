import type { DecommissionPlan, PodPlan } from '../domain/plan.ts';

/** A Temporal payload above 2 MB is refused, and the plan travels in history; this leaves room for what travels with it. */
const MAX_PLAN_BYTES = 1_000_000;

/**
 * The plan as it is when it is small enough; else without the pods that need no word (they fit, or stay), and with a finding that says
 * so. Findings are never dropped.
 */
export const compactPlan = (plan: DecommissionPlan): DecommissionPlan => {
  if (Buffer.byteLength(JSON.stringify(plan)) <= MAX_PLAN_BYTES) return plan;
  const podCount = plan.nodes.reduce((sum, { pods }) => sum + pods.length, 0);
  const nodes = plan.nodes.map((node) => ({ ...node, pods: node.pods.filter(needsWord) }));
  const keptCount = nodes.reduce((sum, { pods }) => sum + pods.length, 0);
  return {
    ...plan,
    nodes,
    findings: [
      ...plan.findings,
      {
        code: 'NotChecked',
        severity: 'info',
        subject: 'plan',
        message: `the plan is too large to show every pod: ${podCount - keptCount} pods that can move or stay are left out of the list, not out of the checks`,
      },
    ],
  };
};

const needsWord = (pod: PodPlan): boolean =>
  pod.disposition === 'refuse' || (pod.placement !== undefined && pod.placement.verdict !== 'fits');
