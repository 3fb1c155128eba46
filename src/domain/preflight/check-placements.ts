import type { NodeFacts, NodeSelectorRequirement, PodFacts, ResourceAmounts } from '../cluster/facts.ts';
import { matchesNodeSelectorTerms } from '../cluster/node-selector.ts';
import { toPodName } from '../cluster/pod-state.ts';
import { toBoundVolumes, type BoundClaim, type BoundVolumes } from '../scheduling/bound-volumes.ts';
import { addAmounts, toNodeRooms } from '../scheduling/node-room.ts';
import { toWorkloadLabel } from '../cluster/workload-index.ts';
import { compareText } from '../text/compare-text.ts';
import { toCountText } from '../text/counts.ts';
import { withoutFullStop } from '../text/join-sentences.ts';
import type { AssessedPod, Assessment } from './assessment.ts';
import type { PreflightFacts } from './facts.ts';
import type { Observation } from './findings.ts';

/** Pods that do not fit on another node, or for which that is uncertain; for several that lack room, also what they request together. */
export const checkPlacements = (facts: PreflightFacts, assessment: Assessment): readonly Observation[] => {
  const pods = assessment.nodes.flatMap((node) => node.pods);
  const surroundings: Surroundings = {
    ...assessment,
    removedNodeNames: facts.request.nodeNames,
    remaining: facts.nodes.filter(({ name }) => !facts.request.nodeNames.includes(name)),
    volumes: toBoundVolumes(facts.claims, facts.volumes),
  };
  const observations = pods.flatMap((assessed) => checkPlacement(assessed, surroundings));
  const unplaced = pods.filter(({ pod }) => lacksRoom(pod, assessment)).map(({ pod }) => pod);
  return unplaced.length < 2 ? observations : [...observations, sumUp(unplaced, facts)];
};

interface Surroundings extends Pick<Assessment, 'placements' | 'pinned'> {
  readonly removedNodeNames: readonly string[];
  readonly remaining: readonly NodeFacts[];
  readonly volumes: BoundVolumes;
}

const checkPlacement = ({ pod, workload }: AssessedPod, surroundings: Surroundings): readonly Observation[] => {
  const { placements, pinned, removedNodeNames } = surroundings;
  const placement = placements[pod.uid];
  if (placement === undefined) return [];
  const about = { subject: toPodName(pod), nodeName: pod.nodeName };
  const name = `pod ${toPodName(pod)}`;
  if (workload?.templateNodeName !== undefined && removedNodeNames.includes(workload.templateNodeName)) {
    const message =
      `${name} would come back on a node to remove: the template of ${toWorkloadLabel(workload)} sets nodeName to ` +
      `${workload.templateNodeName}, which no cordon prevents: remove it from the template`;
    return [{ ...about, code: 'PodPinnedToNode', message }];
  }
  if (placement.verdict === 'fits') return [];
  const pinMessage = pinned[pod.uid];
  if (pinMessage !== undefined) {
    const message = `${name} can only run on the nodes to remove (${withoutFullStop(pinMessage)}): ${explainPin(pod, surroundings)}`;
    return [{ ...about, code: 'PodPinnedToNode', message }];
  }
  if (placement.verdict === 'doesNotFit') {
    const message = `${name} does not fit on another node (${withoutFullStop(placement.message)}): add capacity or suitable nodes`;
    return [{ ...about, code: 'PodDoesNotFit', message }];
  }
  return [{ ...about, code: 'PodPlacementUnknown', message: `${name}: ${placement.message}, so it may stay pending` }];
};

/** Its reason, in the words of the scheduler, is too little room: more capacity would help. */
const lacksRoom = ({ uid }: PodFacts, { placements, pinned }: Assessment): boolean => {
  const { verdict, message = '' } = placements[uid] ?? {};
  return verdict === 'doesNotFit' && pinned[uid] === undefined && /Insufficient |Too many pods/.test(message);
};

/** Which claims and volumes hold the pod, and what to do about them. */
const explainPin = (pod: PodFacts, { remaining, volumes }: Surroundings): string => {
  const holding = volumes.boundClaimsOf(pod).filter((claim) => isUnusableOn(remaining, claim));
  return holding.length === 0
    ? 'widen its node selector or its node affinity'
    : `${holding.map(describeClaim).join('; ')}: move the data, or add a node that can use the volume`;
};

const isUnusableOn = (nodes: readonly NodeFacts[], { volume }: BoundClaim): boolean => {
  const { nodeAffinity } = volume;
  return nodeAffinity !== undefined && !nodes.some((node) => matchesNodeSelectorTerms(node, nodeAffinity));
};

const describeClaim = ({ claimName, volume }: BoundClaim): string => {
  const { name, nodeAffinity = [], isOnNode } = volume;
  const places = nodeAffinity.map(({ matchExpressions, matchFields }) =>
    [...matchExpressions, ...matchFields].map(describeRequirement).join(' and '),
  );
  const loss = isOnNode === true ? ', a disk of the node, whose data is lost with it' : '';
  return `its claim ${claimName} is bound to volume ${name} (${places.join(' or ')})${loss}`;
};

const describeRequirement = ({ key, operator, values }: NodeSelectorRequirement): string =>
  operator === 'In' ? `${key}: ${values.join(', ')}` : `${key} ${operator} ${values.join(', ')}`.trim();

/** What pods without a place request together, beside what is free on the remaining nodes. */
const sumUp = (pods: readonly PodFacts[], facts: PreflightFacts): Observation => {
  const requested = sumAmounts(pods.map(({ requests }) => requests));
  const free = toFreeAmounts(facts);
  const amounts = Object.keys(requested)
    .sort(compareText)
    .map((name) => `${toAmountText(name, requested[name] ?? 0)} (free: ${toAmountText(name, free[name] ?? 0)})`);
  const nodeCount = facts.request.nodeNames.length;
  return {
    code: 'NoRoomTogether',
    subject: facts.request.nodeNames.join(', '),
    message:
      `${toCountText(pods.length, 'pod')} of ${toCountText(nodeCount, 'node')} to remove do not fit on the others; together they request ` +
      `${amounts.join(', ') || 'no resources'}: add as much capacity, or remove fewer nodes at a time`,
  };
};

/** Allocatable minus requests on the nodes that stay and accept pods. */
const toFreeAmounts = ({ nodes, pods, request }: PreflightFacts): ResourceAmounts => {
  const open = toNodeRooms(nodes, request.nodeNames, pods).filter(
    ({ node, removed }) => node.ready && !removed && !node.unschedulable && !node.deleting,
  );
  const used = sumAmounts(open.map(({ usedResources }) => usedResources));
  const total = sumAmounts(open.map(({ node }) => node.allocatable));
  return Object.fromEntries(Object.entries(total).map(([name, amount]) => [name, amount - (used[name] ?? 0)]));
};

const sumAmounts = (all: readonly ResourceAmounts[]): ResourceAmounts => all.reduce(addAmounts, {});

const MEBIBYTE = 2 ** 20;

/** As Kubernetes writes quantities: `cpu 1500m`, `memory 512Mi`. */
const toAmountText = (name: string, amount: number): string => {
  if (name === 'cpu') return `cpu ${amount}m`;
  const isBytes = name === 'memory' || name === 'ephemeral-storage' || name.startsWith('hugepages-');
  return isBytes ? `${name} ${Math.round(amount / MEBIBYTE)}Mi` : `${name} ${amount}`;
};
