import { rulesOutProtection } from '../budgets/candidates.ts';
import { toMaxUnavailable, toUnavailableCount } from '../budgets/max-unavailable.ts';
import type { PodFacts, WorkloadFacts } from '../cluster/facts.ts';
import { isOfKind } from '../cluster/object-kind.ts';
import type { CountOrPercent, DecommissionRequest } from '../request/decommission-request.ts';
import { ignoresBudgets } from './judge-eviction.ts';

/**
 * What is known of a workload whose pods are limited. Its pods are those that its controllers own, on all nodes, with or without a budget.
 */
export interface LimitedWorkload {
  /** E.g. `Deployment shop/web`. */
  readonly name: string;
  /** Its replica count; where that is unknown, how many pods it has. */
  readonly wantedCount: number;
  /** UIDs of its pods that are Ready and not terminating. */
  readonly readyUids: ReadonlySet<string>;
  /** UIDs of pods whose eviction was sent and may not show in `readyUids` yet. */
  readonly sentUids: readonly string[];
}

export type OwnerJudgement =
  { readonly kind: 'goNow' } | { readonly kind: 'wait'; readonly workload: string; readonly message: string };

/** What a request decides about limits. */
export type LimitRequest = Pick<
  DecommissionRequest,
  'maxUnavailable' | 'maxUnavailableGiven' | 'replicaSets' | 'statefulSets' | 'cloneSets'
>;

/**
 * How many pods of a workload may be missing at once while one without a budget is evicted; undefined: any number. That is so for Jobs, whose work
 * starts over whenever it is interrupted, for DaemonSets, for a workload of which all pods may be missing, and when the request rules out
 * budgets. A list of workloads that get budgets does not end the limit of the others.
 */
export const toOwnerLimit = (
  workload: WorkloadFacts | undefined,
  request: LimitRequest,
): CountOrPercent | undefined => {
  if (workload === undefined || workload.kind === 'DaemonSet' || isOfKind(workload, 'batch', 'Job')) return undefined;
  if (rulesOutProtection(request)) return undefined;
  const limit = toMaxUnavailable(workload, request);
  return isNoLimit(workload, limit) ? undefined : limit;
};

/** All its pods may be missing, as of a single replica. */
export const isNoLimit = ({ replicas }: Pick<WorkloadFacts, 'replicas'>, limit: CountOrPercent): boolean =>
  replicas !== undefined && toUnavailableCount(limit, replicas) >= replicas;

/**
 * Whether a pod that no budget selects may be evicted now: as a budget with `maxUnavailable: <limit>` and `AlwaysAllow` would judge it (KEP-3017), so
 * a pod that is not Ready always may. Pure.
 */
export const judgeOwnerLimit = (pod: PodFacts, limit: CountOrPercent, workload: LimitedWorkload): OwnerJudgement => {
  if (isNeverLimited(pod)) return { kind: 'goNow' };
  const { name, wantedCount, readyUids, sentUids } = workload;
  // Its own earlier eviction, without a response, does not keep it from being sent again.
  const sentCount = sentUids.filter((uid) => uid !== pod.uid && readyUids.has(uid)).length;
  const allowedCount = toUnavailableCount(limit, wantedCount);
  if (readyUids.size - sentCount > wantedCount - allowedCount) return { kind: 'goNow' };
  const sent = sentCount === 0 ? '' : ` (${sentCount} just evicted)`;
  const setting = typeof limit === 'number' ? 'maxUnavailable' : `maxUnavailable (${limit})`;
  const message = `${name} has ${readyUids.size} of ${wantedCount} pods Ready${sent}, and ${setting} allows ${allowedCount} to be missing`;
  return { kind: 'wait', workload: name, message };
};

/** The workload serves no less without it. */
export const isNeverLimited = (pod: PodFacts): boolean => !pod.ready || ignoresBudgets(pod);
