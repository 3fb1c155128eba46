import type { ClusterAddress } from '../cluster/facts.ts';
import type { TaskEstimate } from '../estimate/drain-estimate.ts';
import type { Outcome } from '../run/report.ts';
import { toCountText } from '../text/counts.ts';
import type { DecommissionPlan, Finding } from './decommission-plan.ts';

const MAX_REFUSALS_IN_MESSAGE = 10;
const MAX_FINDINGS = 200;
/** Characters of JSON: the answer of an update is part of the history. */
const MAX_FINDINGS_LENGTH = 100_000;

/** What preflight decides about a task before anything is changed: the answer of the update `awaitVerdict`. */
export interface PreflightVerdict {
  readonly version: 1;
  /** Empty, like `cluster`, when the request was not accepted. */
  readonly taskId: string;
  readonly cluster: string;
  /** Absent when the request was not accepted. */
  readonly clusterAddress?: ClusterAddress;
  /** `Go`: the task starts with its nodes, or a dry run ends with its plan. Else the outcome of a task that ends without a change. */
  readonly verdict: 'Go' | Outcome;
  /** One sentence; of a refusal, the first ten reasons. */
  readonly message: string;
  /** Nodes in the plan; 0 without one. */
  readonly nodeCount: number;
  /** Pods that leave the nodes. */
  readonly leavingPodCount: number;
  /** PodDisruptionBudgets that the task creates. */
  readonly createdBudgetCount: number;
  /** Of the drains of all nodes; absent when preflight was `skip`, and without a plan. */
  readonly estimate?: TaskEstimate;
  /** Refusals first, then warnings, at most 200; the query `plan` has all, also notes. */
  readonly findings: readonly Finding[];
  /** Refusals and warnings that are not listed; absent: none. */
  readonly unlistedFindingCount?: number;
}

/** One sentence about a plan: its first ten refusals, else the number of its warnings. Pure. */
export const describeVerdict = ({ verdict, findings }: Pick<DecommissionPlan, 'verdict' | 'findings'>): string => {
  if (verdict === 'Refused') {
    const refusals = findings.filter(({ severity }) => severity === 'refusal');
    const sentences = refusals.slice(0, MAX_REFUSALS_IN_MESSAGE).map(({ message }) => message);
    const moreCount = refusals.length - sentences.length;
    return `preflight refuses: ${sentences.join(' ')}${moreCount > 0 ? ` And ${moreCount} more; see the plan.` : ''}`;
  }
  const warnings = findings.filter(({ severity }) => severity === 'warning').length;
  return warnings === 0 ? 'no problems found' : `${toCountText(warnings, 'warning')}; see the plan`;
};

/** The same for every run of a task that continues as new, although their plans do not list the pods. Pure. */
export const toPreflightVerdict = (plan: DecommissionPlan): PreflightVerdict => {
  const { taskId, cluster, clusterAddress, estimate } = plan;
  const all = (['refusal', 'warning'] as const).flatMap((wanted) =>
    plan.findings.filter(({ severity }) => severity === wanted),
  );
  const findings = takeWithin(all);
  return {
    version: 1,
    taskId,
    cluster,
    ...(clusterAddress && { clusterAddress }),
    verdict: plan.verdict,
    message: describeVerdict(plan),
    nodeCount: plan.nodes.length,
    leavingPodCount: plan.nodes.reduce((sum, { leavingPodCount = 0 }) => sum + leavingPodCount, 0),
    createdBudgetCount: plan.budgets.filter(({ action }) => action === 'create').length,
    ...(estimate && { estimate }),
    findings,
    ...(findings.length < all.length && { unlistedFindingCount: all.length - findings.length }),
  };
};

/** Of a task that ended before it had a plan. Pure. */
export const toVerdictWithoutPlan = (
  known: Pick<PreflightVerdict, 'taskId' | 'cluster' | 'clusterAddress' | 'verdict' | 'message'>,
): PreflightVerdict => ({
  version: 1,
  ...known,
  nodeCount: 0,
  leavingPodCount: 0,
  createdBudgetCount: 0,
  findings: [],
});

const takeWithin = (findings: readonly Finding[]): readonly Finding[] => {
  let length = 0;
  const taken: Finding[] = [];
  for (const finding of findings) {
    length += JSON.stringify(finding).length;
    if (taken.length === MAX_FINDINGS || length > MAX_FINDINGS_LENGTH) break;
    taken.push(finding);
  }
  return taken;
};
