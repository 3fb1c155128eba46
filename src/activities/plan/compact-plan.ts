import { toWorkloadKey } from '../../domain/plan/planned-workloads.ts';
import type { DecommissionPlan, Finding, NodePlan, PodPlan } from '../../domain/plan/decommission-plan.ts';

/** Temporal refuses a payload above 2 MB, and the plan is part of one; this leaves room for the rest. */
const MAX_PLAN_BYTES = 1_000_000;

/** Of one code and severity, in a plan that is too large even without its pods. */
const MAX_FINDINGS_OF_A_KIND = 50;

/**
 * Returns the plan unchanged when it is small enough; else without the pods that have no problem (they fit, or stay); else without any pod,
 * without what stays on the hosts, and with the first 50 findings of each code and severity. A finding reports what was omitted; verdict and checks do not change.
 * Each node still has the number of its pods and their workloads; what its estimate rests on, then the workloads are omitted last.
 */
export const compactPlan = (plan: DecommissionPlan): DecommissionPlan => {
  if (isSmallEnough(plan)) return plan;
  const shorter = withPods(plan, hasProblem, 'that can move or stay ');
  if (isSmallEnough(shorter)) return shorter;
  const shortest = withFewFindings(withoutKept(withPods(plan, () => false, '')));
  if (isSmallEnough(shortest)) return shortest;
  const withoutTurns = withShortEstimates(shortest);
  return isSmallEnough(withoutTurns) ? withoutTurns : withoutWorkloads(withoutTurns);
};

const isSmallEnough = (plan: DecommissionPlan): boolean => Buffer.byteLength(JSON.stringify(plan)) <= MAX_PLAN_BYTES;

const hasProblem = (pod: PodPlan): boolean =>
  pod.disposition === 'refuse' || (pod.placement !== undefined && pod.placement.verdict !== 'fits');

const withPods = (plan: DecommissionPlan, isKept: (pod: PodPlan) => boolean, whose: string): DecommissionPlan => {
  const nodes = plan.nodes.map((node) => withPodsOfNode(node, isKept));
  const omittedCount = nodes.reduce((sum, { unlistedPodCount = 0 }) => sum + unlistedPodCount, 0);
  const message = `the plan is too large to list every pod: ${omittedCount} pods ${whose}are omitted from the list; all pods were checked`;
  return { ...plan, nodes, findings: [...plan.findings, toOmission(message)] };
};

/** The workloads stay: of any other one, the run reports that it appeared after the plan. */
const withPodsOfNode = (node: NodePlan, isKept: (pod: PodPlan) => boolean): NodePlan => {
  const pods = node.pods.filter(isKept);
  if (pods.length === node.pods.length) return node;
  const unlisted = node.pods.filter((pod) => !isKept(pod));
  return {
    ...node,
    pods,
    unlistedPodCount: unlisted.length,
    unlistedWorkloads: [...new Set(unlisted.map(toWorkloadKey))],
  };
};

/** Each estimate keeps its range, without the budgets that decide it. */
const withShortEstimates = (plan: DecommissionPlan): DecommissionPlan => ({
  ...plan,
  nodes: plan.nodes.map(({ estimate, ...node }) =>
    estimate ? { ...node, estimate: { ...estimate, turns: [] } } : node,
  ),
});

/** The run then reports of no workload that it appeared after the plan. */
const withoutWorkloads = (plan: DecommissionPlan): DecommissionPlan => ({
  ...plan,
  nodes: plan.nodes.map(({ unlistedWorkloads: _workloads, ...node }) => node),
});

/** What the stages touch stays in the plan: it binds them. */
const withoutKept = (plan: DecommissionPlan): DecommissionPlan => {
  if (plan.nodes.every(({ host }) => host === undefined)) return plan;
  const nodes = plan.nodes.map((node) =>
    node.host === undefined ? node : { ...node, host: { ...node.host, preview: { ...node.host.preview, kept: [] } } },
  );
  const message = 'the plan is too large to list what stays on the hosts: `doctor` lists it';
  return { ...plan, nodes, findings: [...plan.findings, toOmission(message)] };
};

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
      toOmission(`the plan is too large to list every finding: ${count - MAX_FINDINGS_OF_A_KIND} more of ${kind}`),
    );
  return { ...plan, findings: [...kept, ...notes] };
};

const toOmission = (message: string): Finding => ({ code: 'NotChecked', severity: 'info', subject: 'plan', message });
