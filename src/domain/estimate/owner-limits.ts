import { covers } from '../budgets/covering.ts';
import type { BudgetSurroundings } from '../budgets/budget-pods.ts';
import { toUnavailableCount } from '../budgets/max-unavailable.ts';
import type { DisruptionBudgetFacts, WorkloadFacts } from '../cluster/facts.ts';
import { isFinished, isTerminating } from '../cluster/pod-state.ts';
import { findWorkload, toWorkloadLabel } from '../cluster/workload-index.ts';
import { isNeverLimited, toOwnerLimit, type LimitRequest } from '../eviction/owner-limit.ts';
import { toWorkloadKey } from '../plan/planned-workloads.ts';
import type { AssessedPod } from '../preflight/assess-nodes.ts';
import type { CountOrPercent } from '../request/decommission-request.ts';

/** How many pods of a workload may leave at a time while no budget selects them. */
export interface LimitFacts {
  /** Distinct from the name of each budget. */
  readonly name: string;
  /** More than 0: so many may leave now. */
  readonly allowedNow: number;
  /** The same when all its pods are Ready; at least 1. */
  readonly usual: number;
}

export interface OwnerLimitFacts extends BudgetSurroundings {
  readonly request: LimitRequest;
  /** Of all namespaces, and those that the run creates. */
  readonly budgets: readonly DisruptionBudgetFacts[];
}

/** No name of a budget has it. */
const PREFIX = 'maxUnavailable of ';

/** Whether a name is that of a limit, and not of a budget. */
export const isLimitName = (name: string): boolean => name.startsWith(PREFIX);

/** By UID of the pod, for those of these pods that a limit of their workload delays (`judgeOwnerLimit`). Pure. */
export const findOwnerLimits = (
  pods: readonly AssessedPod[],
  facts: OwnerLimitFacts,
): ReadonlyMap<string, LimitFacts> => {
  const limited = pods.flatMap(({ pod, workload }) => {
    const limit = toOwnerLimit(workload, facts.request);
    if (workload === undefined || limit === undefined || isNeverLimited(pod)) return [];
    return facts.budgets.some((budget) => covers(budget, pod)) ? [] : [{ pod, workload, limit }];
  });
  if (limited.length === 0) return new Map();
  const counts = countPods(facts);
  const ofWorkloads = new Map<string, LimitFacts>();
  const ofPods = new Map<string, LimitFacts>();
  for (const { pod, workload, limit } of limited) {
    const facts = ofWorkloads.get(workload.uid) ?? toLimit(workload, limit, counts);
    ofWorkloads.set(workload.uid, facts);
    ofPods.set(pod.uid, facts);
  }
  return ofPods;
};

interface PodCounts {
  readonly live: number;
  readonly ready: number;
}

/** By UID of the workload: its pods on all nodes, in one pass. */
const countPods = ({ namespacePods, index }: BudgetSurroundings): ReadonlyMap<string, PodCounts> => {
  const counts = new Map<string, PodCounts>();
  for (const pod of Object.values(namespacePods).flat()) {
    const uid = isFinished(pod) ? undefined : findWorkload(pod, index)?.uid;
    if (uid === undefined) continue;
    const { live, ready } = counts.get(uid) ?? NO_PODS;
    counts.set(uid, { live: live + 1, ready: ready + (pod.ready && !isTerminating(pod) ? 1 : 0) });
  }
  return counts;
};

const NO_PODS: PodCounts = { live: 0, ready: 0 };

const toLimit = (
  workload: WorkloadFacts,
  limit: CountOrPercent,
  counts: ReadonlyMap<string, PodCounts>,
): LimitFacts => {
  const { live, ready } = counts.get(workload.uid) ?? NO_PODS;
  const { namespace, replicas: wanted = live } = workload;
  const usual = toUnavailableCount(limit, wanted);
  const key = toWorkloadKey({ namespace, workload: toWorkloadLabel(workload) });
  return { name: `${PREFIX}${key}`, allowedNow: ready - (wanted - usual), usual };
};
