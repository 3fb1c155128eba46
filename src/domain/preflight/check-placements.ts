import { toPodName } from '../cluster/pod-state.ts';
import type { AssessedPod, Assessment } from './assessment.ts';
import type { Observation } from './findings.ts';

/** Pods that do not fit on another node, or for which that is uncertain. */
export const checkPlacements = ({ nodes, placements, pinned }: Assessment): readonly Observation[] =>
  nodes.flatMap(({ pods }) => pods).flatMap((assessed) => checkPlacement(assessed, { placements, pinned }));

const checkPlacement = (
  { pod }: AssessedPod,
  { placements, pinned }: Pick<Assessment, 'placements' | 'pinned'>,
): readonly Observation[] => {
  const placement = placements[pod.uid];
  if (placement === undefined || placement.verdict === 'fits') return [];
  const about = { subject: toPodName(pod), nodeName: pod.nodeName };
  const name = `pod ${toPodName(pod)}`;
  const pinMessage = pinned[pod.uid];
  if (pinMessage !== undefined) {
    const message = `${name} can only run on the nodes to remove (${trimStop(pinMessage)}): move its volume or widen its node affinity`;
    return [{ ...about, code: 'PodPinnedToNode', message }];
  }
  if (placement.verdict === 'doesNotFit') {
    const message = `${name} does not fit on another node (${trimStop(placement.message)}): add capacity or suitable nodes`;
    return [{ ...about, code: 'PodDoesNotFit', message }];
  }
  return [{ ...about, code: 'PodPlacementUnknown', message: `${name}: ${placement.message}, so it may stay pending` }];
};

const trimStop = (sentence: string): string => sentence.replace(/\.$/, '');
