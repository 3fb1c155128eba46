import type { PodFacts, WorkloadFacts } from '../cluster/facts.ts';
import { isFinished, isTerminating } from '../cluster/pod-state.ts';
import { toCountText, toMoreText } from '../text/counts.ts';
import { withoutFullStop } from '../text/join-sentences.ts';
import { toReplacedName, type ReplacedWorkload } from './replaced-workload.ts';

export interface ReplacementFacts {
  /** As it is now; undefined: it was deleted. */
  readonly workload: WorkloadFacts | undefined;
  /** That its selector selects in its namespace. */
  readonly pods: readonly PodFacts[];
  /** Pods that are still there do not count. */
  readonly leavingNodeName: string;
}

export interface ReplacementState {
  /** Of its pods that stay. */
  readonly readyCount: number;
  /** As many have to be Ready: those that were before, or what it wants now if that is less. */
  readonly wantedCount: number;
  readonly isReplaced: boolean;
  /** What is missing, without a full stop, e.g. `Deployment shop/web: 2 of 3 Ready; pod web-1 is Pending: 0/3 nodes are available`. */
  readonly message: string;
}

const MAX_PODS = 2;

/**
 * Whether a workload is as available as it was before its pods left the node: what was not Ready before need not become Ready, and what its
 * owner has scaled down or deleted since is not missed. Pure.
 */
export const judgeReplacements = (replaced: ReplacedWorkload, facts: ReplacementFacts): ReplacementState => {
  const { workload, leavingNodeName } = facts;
  const pods = facts.pods.filter(
    (pod) => isOfWorkload(pod, replaced) && !isTerminating(pod) && !isFinished(pod) && pod.nodeName !== leavingNodeName,
  );
  const wantedCount = Math.min(replaced.readyBefore ?? 0, workload?.replicas ?? 0);
  const readyCount = pods.filter(({ ready }) => ready).length;
  const isReplaced = readyCount >= wantedCount;
  return { readyCount, wantedCount, isReplaced, message: describe(replaced, pods, readyCount, wantedCount) };
};

/** The selector may also select pods of other owners. */
const isOfWorkload = ({ controller }: PodFacts, { owner }: ReplacedWorkload): boolean =>
  controller !== undefined && (controller.uid === owner.uid || controller.kind === 'ReplicaSet');

const describe = (
  replaced: ReplacedWorkload,
  pods: readonly PodFacts[],
  readyCount: number,
  wantedCount: number,
): string => {
  const counts = `${toReplacedName(replaced)}: ${readyCount} of ${wantedCount} Ready`;
  if (readyCount >= wantedCount) return counts;
  const unready = pods.filter(({ ready }) => !ready);
  const missingCount = Math.max(0, wantedCount - pods.length);
  const shown = unready.slice(0, MAX_PODS).map((pod) => `pod ${pod.name} ${describePod(pod)}`);
  const more = toMoreText(unready.length, shown.length);
  const listed = more === '' ? shown : [...shown, more];
  const missing = missingCount === 0 ? [] : [describeMissing(replaced, missingCount)];
  return [counts, ...listed, ...missing].join('; ');
};

const describePod = (pod: PodFacts): string => {
  const { phase, nodeName, unschedulableMessage, schedulingGated, waitingReason } = pod;
  if (unschedulableMessage !== undefined) return `is ${phase}: ${withoutFullStop(unschedulableMessage)}`;
  if (schedulingGated) return `is ${phase}: it has scheduling gates, which another controller removes`;
  if (nodeName === '') return `is ${phase}: the scheduler has not tried it yet`;
  const reason = waitingReason === '' ? 'its containers are not Ready' : waitingReason;
  return `is ${phase} on node ${nodeName}: ${reason}`;
};

const describeMissing = ({ namespace, owner }: ReplacedWorkload, count: number): string =>
  `${toCountText(count, 'pod')} not created yet (\`kubectl -n ${namespace} describe ${owner.kind.toLowerCase()} ${owner.name}\`)`;
