import type { DecommissionPlan, Finding, NodePlan, PodPlan } from '../../domain/plan/decommission-plan.ts';

/** A Temporal payload above 2 MB is refused, and the plan travels in history; this leaves room for what travels with it. */
const MAX_PLAN_BYTES = 1_000_000;

/** Of one code and severity, in a plan that is too large even without its pods. */
const MAX_FINDINGS_OF_A_KIND = 50;

/**
 * The plan as it is when it is small enough; else without the pods that need no word (they fit, or stay); else without any pod, and with
 * the first 50 findings of each code and severity. A finding says what was left out; verdict and checks do not change.
 */
export const compactPlan = (plan: DecommissionPlan): DecommissionPlan => {
  if (isSmallEnough(plan)) return plan;
  const shorter = withPods(plan, needsWord, 'that can move or stay ');
  return isSmallEnough(shorter) ? shorter : withFewFindings(withPods(plan, () => false, ''));
};

const isSmallEnough = (plan: DecommissionPlan): boolean => Buffer.byteLength(JSON.stringify(plan)) <= MAX_PLAN_BYTES;

const needsWord = (pod: PodPlan): boolean =>
  pod.disposition === 'refuse' || (pod.placement !== undefined && pod.placement.verdict !== 'fits');

const withPods = (plan: DecommissionPlan, isKept: (pod: PodPlan) => boolean, whose: string): DecommissionPlan => {
  const nodes = plan.nodes.map((node) => ({ ...node, pods: node.pods.filter(isKept) }));
  const leftOutCount = countPods(plan.nodes) - countPods(nodes);
  const message = `the plan is too large to show every pod: ${leftOutCount} pods ${whose}are left out of the list, not out of the checks`;
  return { ...plan, nodes, findings: [...plan.findings, toLeftOut(message)] };
};

const countPods = (nodes: readonly NodePlan[]): number => nodes.reduce((sum, { pods }) => sum + pods.length, 0);

const withFewFindings = (plan: DecommissionPlan): DecommissionPlan => {
  const countByKind = new Map<string, number>();
  const kept = plan.findings.filter(({ code, severity }) => {
    const kind = `${severity} ${code}`;
    const count = (countByKind.get(kind) ?? 0) + 1;
    countByKind.set(kind, count);
    return count <= MAX_FINDINGS_OF_A_KIND;
  });
  const notes = [...countByKind]
    .filter(([, count]) => count > MAX_FINDINGS_OF_A_KIND)
    .map(([kind, count]) =>
      toLeftOut(`the plan is too large to show every finding: ${count - MAX_FINDINGS_OF_A_KIND} more of ${kind}`),
    );
  return { ...plan, findings: [...kept, ...notes] };
};

const toLeftOut = (message: string): Finding => ({ code: 'NotChecked', severity: 'info', subject: 'plan', message });
