import { toBindingList } from '../host/preview.ts';
import { compareText } from '../text/compare-text.ts';
import type { BudgetPlan, DecommissionPlan, Finding, NodePlan, PodPlan } from './decommission-plan.ts';
import type { NodeBasis, PlanBasis } from './plan-basis.ts';

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
  findings: countTexts(plan.findings.filter(isProblem).map((finding) => toFindingText(finding, plan))),
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

const toOwnerText = ({ namespace, name, workload }: PodPlan): string =>
  `${namespace} ${workload === '' ? `pod ${name}` : workload}`;

const toBudgetText = ({ action, namespace, name, workload, maxUnavailable }: BudgetPlan): string =>
  `${action} ${namespace}/${name} for ${workload}${maxUnavailable === undefined ? '' : ` (${maxUnavailable})`}`;

const isProblem = ({ severity }: Finding): boolean => severity !== 'info';

/** The name of a pod changes when it is replaced; its workload does not. */
const toFindingText = ({ code, subject }: Finding, { nodes }: DecommissionPlan): string => {
  const pod = nodes.flatMap(({ pods }) => pods).find(({ namespace, name }) => `${namespace}/${name}` === subject);
  return `${code} of ${pod === undefined ? subject : toOwnerText(pod)}`;
};

const countTexts = (texts: readonly string[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const text of [...texts].sort(compareText)) counts[text] = (counts[text] ?? 0) + 1;
  return counts;
};
