import { toBindingList } from '../host/preview.ts';
import { compareText } from '../text/compare-text.ts';
import type { BudgetPlan, DecommissionPlan, Finding, NodePlan, PodPlan } from './decommission-plan.ts';

/**
 * What an approved plan rests on, small enough for a request: pods by workload, because replaced pods of the same workload change nothing.
 * See `listPlanChanges`.
 */
export interface PlanBasis {
  readonly version: 1;
  /** RFC 3339: when the plan was made. */
  readonly createdAt: string;
  /** UID of the `kube-system` namespace. */
  readonly kubeSystemUid: string;
  readonly nodes: readonly NodeBasis[];
  /** What the run does about budgets, e.g. `create web/web-pdb for Deployment/web (25%)`; sorted. */
  readonly budgets: readonly string[];
  /** Refusals and warnings with how often each occurs, e.g. `{"PodDoesNotFit of web Deployment/web": 2}`. */
  readonly findings: Readonly<Record<string, number>>;
}

export interface NodeBasis {
  readonly nodeName: string;
  readonly nodeUid: string;
  /** How many pods leave, by namespace and workload, e.g. `{"web Deployment/web": 3}`; a bare pod has its own name. */
  readonly leavingPods: Readonly<Record<string, number>>;
  /** What the stages on its host touch, e.g. `unit kubelet.service`, sorted; absent when the host is not cleaned, or was not checked. */
  readonly touched?: readonly string[];
}

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
