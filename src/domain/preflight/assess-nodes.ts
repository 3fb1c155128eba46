import type { NodeFacts, PodFacts, WorkloadFacts } from '../cluster/facts.ts';
import { classifyPod, comparePods, type PodClassification } from '../eviction/classify-pod.ts';
import { isFinished } from '../cluster/pod-state.ts';
import { needsSecondReplica } from '../surge/needs-second-replica.ts';
import type { PreflightFacts } from './facts.ts';
import { findWorkload } from '../cluster/workload-index.ts';

export interface AssessedPod {
  readonly pod: PodFacts;
  readonly classification: PodClassification;
  readonly workload?: WorkloadFacts;
}

export interface AssessedNode {
  readonly node: NodeFacts;
  /** Sorted. */
  readonly pods: readonly AssessedPod[];
}

type NodeAndPodFacts = Pick<PreflightFacts, 'request' | 'nodes' | 'pods' | 'workloads'>;

/** The nodes of the request that exist, in its order, with every pod on them classified. */
export const assessNodes = (facts: NodeAndPodFacts): readonly AssessedNode[] => {
  const pods = groupByNode(facts);
  return facts.request.nodeNames
    .map((nodeName) => facts.nodes.find(({ name }) => name === nodeName))
    .filter((node) => node !== undefined)
    .map((node) => assessNode(node, pods.get(node.name) ?? [], facts));
};

/** Only of the requested nodes, in one pass: the cluster may have a hundred thousand pods. */
const groupByNode = ({ request, pods }: NodeAndPodFacts): ReadonlyMap<string, readonly PodFacts[]> => {
  const groups = new Map(request.nodeNames.map((name): [string, PodFacts[]] => [name, []]));
  for (const pod of pods) groups.get(pod.nodeName)?.push(pod);
  return groups;
};

/** Their pods that leave: evicted, or refused only until the request allows their eviction. */
export const findLeaving = (nodes: readonly AssessedNode[]): readonly AssessedPod[] =>
  nodes
    .flatMap(({ pods }) => pods)
    .filter(
      ({ classification: { disposition, isDaemonSetPod } }) =>
        disposition === 'evict' || (disposition === 'refuse' && !isDaemonSetPod),
    );

/** Those of them that are recreated, and need a place. */
export const findPodsToMove = (nodes: readonly AssessedNode[]): readonly PodFacts[] =>
  findLeaving(nodes)
    .filter(({ pod, classification }) => !classification.isBare && !isFinished(pod))
    .map(({ pod }) => pod);

/** Those of them that stay until a second replica is available elsewhere. */
export const findSurging = (nodes: readonly AssessedNode[], request: PreflightFacts['request']): readonly PodFacts[] =>
  findLeaving(nodes)
    .filter(({ pod, workload }) => needsSecondReplica(pod, workload, request))
    .map(({ pod }) => pod);

const assessNode = (node: NodeFacts, pods: readonly PodFacts[], facts: NodeAndPodFacts): AssessedNode => ({
  node,
  pods: [...pods].sort(comparePods).map((pod) => {
    const workload = findWorkload(pod, facts.workloads);
    const classification = classifyPod(pod, facts.workloads, facts.request);
    return { pod, classification, ...(workload === undefined ? {} : { workload }) };
  }),
});
