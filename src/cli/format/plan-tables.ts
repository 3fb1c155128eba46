import { toCountText } from '../../domain/text/counts.ts';
import { toPodOwner } from '../../domain/plan/pod-owner.ts';
import type { BudgetForecast, BudgetPlan, NodePlan, PodPlan } from '../../domain/plan/decommission-plan.ts';

/** Headings and cells, for any kind of table. */
export interface PlanTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A node with more pods is shown by workload, unless every pod is wanted. */
const MAX_SINGLE_PODS = 40;

/** The pods of a node one by one, or by workload when there are many; `isWide`: always one by one. Pure. */
export const toPodTable = ({ pods }: NodePlan, isWide: boolean): PlanTable =>
  isWide || pods.length <= MAX_SINGLE_PODS
    ? { head: ['POD', 'WORKLOAD', 'ACTION', 'PLACEMENT OR REASON'], rows: pods.map(toPodRow) }
    : { head: ['NAMESPACE', 'WORKLOAD', 'PODS', 'ACTION', 'PLACEMENT OR REASON'], rows: toWorkloadRows(pods) };

const toPodRow = (pod: PodPlan): readonly string[] => [
  `${pod.namespace}/${pod.name}`,
  pod.workload === '' ? '-' : pod.workload,
  pod.disposition,
  toPodDetail(pod),
];

const toPodDetail = ({ placement, reason }: PodPlan): string => {
  if (placement === undefined) return reason;
  if (placement.verdict !== 'fits') return placement.message;
  const place = placement.nodeName === undefined ? 'fits elsewhere' : `fits on ${placement.nodeName}`;
  return reason === '' ? place : `${place}; ${reason}`;
};

/** Pods of a workload with the same action and the same reason share a row; a bare pod has its own. */
const toWorkloadRows = (pods: readonly PodPlan[]): readonly (readonly string[])[] => {
  const groups = new Map<string, [PodPlan, ...PodPlan[]]>();
  for (const pod of pods) {
    const detail = pod.placement?.verdict === 'fits' ? `fits ${pod.reason}` : toPodDetail(pod);
    const key = JSON.stringify([pod.namespace, toPodOwner(pod), pod.disposition, detail]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [pod]);
    else group.push(pod);
  }
  return [...groups.values()].map((group) => {
    const [first] = group;
    return [first.namespace, toPodOwner(first), String(group.length), first.disposition, toGroupDetail(group)];
  });
};

const toGroupDetail = (pods: readonly [PodPlan, ...PodPlan[]]): string => {
  const [first] = pods;
  if (first.placement?.verdict !== 'fits' || pods.length === 1) return toPodDetail(first);
  const nodes = new Set(pods.flatMap(({ placement }) => placement?.nodeName ?? []));
  const place = nodes.size === 1 ? `fit on ${[...nodes].join('')}` : `fit on ${toCountText(nodes.size, 'node')}`;
  return first.reason === '' ? place : `${place}; ${first.reason}`;
};

/** What is done about budgets. Pure. */
export const toBudgetTable = (budgets: readonly BudgetPlan[]): PlanTable => ({
  head: ['WORKLOAD', 'ACTION', 'BUDGET', 'MAX UNAVAILABLE', 'REASON'],
  rows: budgets.map(({ action, namespace, name, workload, maxUnavailable, reason }) => [
    `${namespace}/${workload}`,
    action,
    name === '' ? '-' : name,
    maxUnavailable === undefined ? '-' : String(maxUnavailable),
    reason,
  ]),
});

/** What each budget allows. Pure. */
export const toForecastTable = (forecasts: readonly BudgetForecast[]): PlanTable => ({
  head: ['BUDGET', 'ALLOWED NOW', 'NEEDED', 'VERDICT', 'EXPLANATION'],
  rows: forecasts.map(({ namespace, name, allowedNow, needed, verdict, message }) => [
    `${namespace}/${name}`,
    String(allowedNow),
    String(needed),
    verdict,
    message,
  ]),
});
