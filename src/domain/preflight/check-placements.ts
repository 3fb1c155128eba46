import type { PodFacts } from '../cluster/facts.ts';
import { toPodName } from '../cluster/pod-state.ts';
import { findBinding, toWorkloadLabel } from '../cluster/workload-index.ts';
import { describeTerm, explainRejection } from '../scheduling/explain-rejection.ts';
import type { JudgedPlacement } from '../scheduling/judged-placement.ts';
import { toCountText, toShortList } from '../text/counts.ts';
import { withoutFullStop } from '../text/join-sentences.ts';
import { toHoldingClaims, type BoundClaim } from '../volumes/bound-claims.ts';
import type { AssessedPod } from './assess-nodes.ts';
import type { Assessment } from './assessment.ts';
import type { PreflightFacts } from './facts.ts';
import type { Observation } from './findings.ts';
import { toRoomText } from './room-amounts.ts';

/** Pods that do not fit on another node, or for which that is uncertain; and whether all of them fit at the same time. */
export const checkPlacements = (facts: PreflightFacts, { nodes }: Assessment): readonly Observation[] => {
  const remaining = facts.nodes.filter(({ name }) => !facts.request.nodeNames.includes(name));
  const findHolding = toHoldingClaims(remaining, facts.claims, facts.volumes);
  const judged = nodes
    .flatMap(({ pods }) => pods)
    .flatMap((assessed) => toJudgedPod(assessed, facts.placements.byUid[assessed.pod.uid], facts, findHolding));
  return [...judged.flatMap((each) => checkPlacement(each, facts)), ...checkTogether(judged, facts)];
};

interface JudgedPod extends AssessedPod {
  readonly placement: JudgedPlacement;
  /** What it requires and nothing provides. */
  readonly unmet?: string;
  /** Too little is free, and more capacity helps. */
  readonly lacksRoom: boolean;
  readonly holding: readonly BoundClaim[];
}

const toJudgedPod = (
  assessed: AssessedPod,
  placement: JudgedPlacement | undefined,
  facts: PreflightFacts,
  findHolding: (pod: PodFacts) => readonly BoundClaim[],
): readonly JudgedPod[] => {
  if (placement === undefined) return [];
  const { rejection, pinMessage } = placement;
  const unmet = findUnmet(assessed.pod, placement, facts);
  const needsRoom = rejection?.plugins.includes('NodeResourcesFit') === true;
  return [
    {
      ...assessed,
      placement,
      ...(unmet === undefined ? {} : { unmet }),
      lacksRoom: needsRoom && pinMessage === undefined && unmet === undefined,
      holding: pinMessage === undefined ? [] : findHolding(assessed.pod),
    },
  ];
};

/** Not of a pod that is judged by its owner's template: the facts about a pod are those of its own specification. */
const findUnmet = (
  pod: PodFacts,
  { rejection, isFromOwner, verdict }: JudgedPlacement,
  facts: PreflightFacts,
): string | undefined => {
  if (rejection === undefined || isFromOwner === true || verdict !== 'doesNotFit') return undefined;
  return explainRejection(pod, rejection, { ...facts, removedNodeNames: facts.request.nodeNames });
};

const checkPlacement = (judged: JudgedPod, { request, workloads }: PreflightFacts): readonly Observation[] => {
  const { pod, placement } = judged;
  const about = { subject: toPodName(pod), nodeName: pod.nodeName };
  const name = toName(judged);
  const bound = findBinding(pod, workloads);
  if (bound !== undefined && request.nodeNames.includes(bound.templateNodeName)) {
    const message =
      `${name} would come back on a node to remove: the template of ${toWorkloadLabel(bound)} sets nodeName to ` +
      `${bound.templateNodeName}, which no cordon prevents: remove it from the template`;
    return [{ ...about, code: 'PodPinnedToNode', message }];
  }
  switch (placement.verdict) {
    case 'fits':
      return [];
    case 'doesNotFit':
      return [{ ...about, ...explainUnplaced(judged, request) }];
    case 'likely':
      return [{ ...about, ...explainLikely(judged) }];
    case 'unknown':
      return [{ ...about, code: 'PodPlacementUnknown', message: `${name}: ${toUnknownText(placement)}` }];
  }
};

const toUnknownText = ({ message, isBypassing }: JudgedPlacement): string =>
  `${message}, ${isBypassing === true ? 'so it fails if that node has no room' : 'so it may stay pending'}`;

const toName = ({ pod, workload, placement }: JudgedPod): string => {
  const name = `pod ${toPodName(pod)}`;
  return placement.isFromOwner === true
    ? `${name}, recreated from the current template of ${toWorkloadLabel(workload)},`
    : name;
};

type Explanation = Pick<Observation, 'code' | 'message' | 'asSeverity'>;

const explainLikely = (judged: JudgedPod): Explanation => {
  const { placement } = judged;
  if (placement.returnsTo !== undefined) {
    return { code: 'PodMayNotFit', message: `${toName(judged)} ${placement.message}: ${ADVICE_TO_RETURNING}` };
  }
  if (placement.isPlacedAfterDeletion !== true) {
    return { code: 'PodMayNotFit', message: `${toName(judged)} may stay pending: it ${placement.message}` };
  }
  return {
    code: 'PodPendingUntilDeletion',
    message: `${toName(judged)} stays pending until the nodes are deleted (${toReasons(placement)}): if its budget waits for it, add a suitable node first`,
  };
};

const ADVICE_TO_RETURNING =
  'the drain fails if that happens three times, so remove its toleration of node.kubernetes.io/unschedulable';

const toReasons = ({ rejection, message }: JudgedPlacement): string => withoutFullStop(rejection?.message ?? message);

const explainUnplaced = (judged: JudgedPod, request: PreflightFacts['request']): Explanation => {
  const name = toName(judged);
  const { placement, unmet, holding, lacksRoom } = judged;
  if (placement.returnsTo !== undefined) {
    return { code: 'PodPinnedToNode', message: `${name} ${placement.message}: ${ADVICE_TO_RETURNING}` };
  }
  const lead = `${name} does not fit on another node (${toReasons(placement)})`;
  if (unmet !== undefined) return { code: 'PodDoesNotFit', message: `${lead}: ${unmet}` };
  if (placement.pinMessage !== undefined) {
    const message = `${name} can only run on the nodes to remove (${withoutFullStop(placement.pinMessage)}): ${explainPin(holding)}`;
    return { code: 'PodPinnedToNode', message };
  }
  if (lacksRoom && request.assumeAutoscaling === true) {
    return { code: 'PodDoesNotFit', message: `${lead}: ${AUTOSCALER_ADDS}`, asSeverity: 'warning' };
  }
  return { code: 'PodDoesNotFit', message: `${lead}: add capacity or suitable nodes` };
};

const AUTOSCALER_ADDS = 'it stays pending until the cluster autoscaler adds a node, as assumeAutoscaling: true expects';

/** Which claims and volumes hold the pod, and what to do about them. */
const explainPin = (holding: readonly BoundClaim[]): string =>
  holding.length === 0
    ? 'widen its node selector or its node affinity'
    : `${holding.map(describeClaim).join('; ')}: move the data, or add a node that can use the volume`;

const describeClaim = ({ claimName, volume }: BoundClaim): string => {
  const { name, nodeAffinity = [], isOnNode } = volume;
  const loss = isOnNode === true ? ', a disk of the node, whose data is lost with it' : '';
  return `its claim ${claimName} is bound to volume ${name} (${nodeAffinity.map(describeTerm).join(' or ')})${loss}`;
};

/** Each pod may have a place, but not all of them: what those that lack room request together, beside what is free. */
const checkTogether = (judged: readonly JudgedPod[], facts: PreflightFacts): readonly Observation[] => {
  const { unplacedAtBest } = facts.placements;
  const rivals = judged.filter(
    ({ pod, placement }) => placement.verdict === 'likely' && unplacedAtBest.includes(pod.uid),
  );
  const contesting = judged.filter(
    ({ placement: { verdict }, lacksRoom }) =>
      lacksRoom && (verdict === 'doesNotFit' || (verdict === 'likely' && rivals.length > 0)),
  );
  if (rivals.length === 0 && contesting.length < 2) return [];
  const nodeCount = toCountText(facts.request.nodeNames.length, 'node');
  const room = toRoomText(
    contesting.map(({ pod }) => pod),
    facts,
  );
  const about = { code: 'NoRoomTogether', subject: facts.request.nodeNames.join(', ') } as const;
  const expectsNodes = facts.request.assumeAutoscaling === true && rivals.every(({ lacksRoom }) => lacksRoom);
  const advice = expectsNodes
    ? AUTOSCALER_ADDS.replace(/^it stays/, 'they stay')
    : 'add as much capacity, or remove fewer nodes at a time';
  const severity = expectsNodes ? ({ asSeverity: 'warning' } as const) : {};
  if (contesting.length === 0) return [{ ...about, ...severity, message: describeRivals(rivals, nodeCount) }];
  const message =
    `${toCountText(contesting.length, 'pod')} of ${nodeCount} to remove do not fit on the others` +
    `${rivals.length === 0 ? '' : ' at the same time'}; together they request ${room}: ${advice}`;
  return [{ ...about, ...severity, message }];
};

/** They exclude each other for another reason than room, e.g. a host port or an anti-affinity. */
const describeRivals = (rivals: readonly JudgedPod[], nodeCount: string): string => {
  const names = toShortList(
    rivals.map(({ pod }) => toPodName(pod)),
    10,
  );
  const reasons = withoutFullStop(rivals[0]?.placement.rejection?.message ?? '');
  return (
    `not all pods of ${nodeCount} to remove have a place at the same time: at best, ${names} ${rivals.length === 1 ? 'remains' : 'remain'} pending ` +
    `(${reasons}): add suitable nodes, or remove fewer nodes at a time`
  );
};
