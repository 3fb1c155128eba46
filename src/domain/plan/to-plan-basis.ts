import { toPodName } from '../cluster/pod-state.ts';
import { toBindingList } from '../host/preview.ts';
import { compareText } from '../text/compare-text.ts';
import type { BudgetPlan, DecommissionPlan, Finding, FindingCode, NodePlan, PodPlan } from './decommission-plan.ts';
import type { NodeBasis, PlanBasis } from './plan-basis.ts';
import { toPodOwner } from './pod-owner.ts';

/** Pure. */
export const toPlanBasis = (plan: DecommissionPlan): PlanBasis => ({
  version: 1,
  createdAt: plan.createdAt,
  kubeSystemUid: plan.clusterIdentity.kubeSystemUid,
  nodes: plan.nodes.map(toNodeBasis),
  budgets: plan.budgets
    .filter(({ action }) => action !== 'none')
    .map(toBudgetText)
    .sort(compareText),
  findings: countTexts(toFindingTexts(plan)),
});

const toNodeBasis = (node: NodePlan): NodeBasis => ({
  nodeName: node.nodeName,
  nodeUid: node.nodeUid,
  leavingPods: countTexts(node.pods.filter(({ disposition }) => disposition === 'evict').map(toOwnerText)),
  ...(node.host === undefined ? {} : { touched: toTouchedTexts(node.host) }),
});

const toTouchedTexts = ({ preview }: NonNullable<NodePlan['host']>): readonly string[] =>
  toBindingList(preview)
    .map(({ kind, name }) => `${kind} ${name}`)
    .sort(compareText);

const toOwnerText = (pod: PodPlan): string => `${pod.namespace} ${toPodOwner(pod)}`;

const toBudgetText = ({ action, namespace, name, workload, maxUnavailable }: BudgetPlan): string =>
  `${action} ${namespace}/${name} for ${workload}${maxUnavailable === undefined ? '' : ` (${maxUnavailable})`}`;

/**
 * Warnings that depend on who makes the plan (the verb `plan` has no worker, and other permissions), so that a plan of one would never agree
 * with that of the other; and the estimate, which differs from plan to plan.
 */
const NOT_OF_THE_BASIS: readonly FindingCode[] = [
  'OwnTemporalOnNode',
  'ReplacementOverQuota',
  'ReplacementDenied',
  'NotChecked',
  'DrainMayExceedTimeout',
];

const isProblem = ({ severity, code }: Finding): boolean =>
  severity === 'refusal' || (severity === 'warning' && !NOT_OF_THE_BASIS.includes(code));

/** The name of a pod changes when it is replaced; its workload does not. */
const toFindingTexts = ({ nodes, findings }: DecommissionPlan): readonly string[] => {
  const owners = new Map(nodes.flatMap(({ pods }) => pods).map((pod) => [toPodName(pod), toOwnerText(pod)]));
  return findings.filter(isProblem).map(({ code, subject }) => `${code} of ${owners.get(subject) ?? subject}`);
};

const countTexts = (texts: readonly string[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const text of [...texts].sort(compareText)) counts[text] = (counts[text] ?? 0) + 1;
  return counts;
};
