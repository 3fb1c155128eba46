import { toPodName } from '../cluster/pod-state.ts';
import type { AssessedPod, Assessment } from './assessment.ts';
import type { Observation } from './findings.ts';

/** Pods for which no other place was found, or none that can be relied on. */
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
    const message = `${name} can only live on the nodes that go (${trimStop(pinMessage)}): move its volume or widen its node affinity`;
    return [{ ...about, code: 'PodPinnedToNode', message }];
  }
  if (placement.verdict === 'doesNotFit') {
    const message = `${name} has no place elsewhere (${trimStop(placement.message)}): add room or nodes that suit it`;
    return [{ ...about, code: 'PodDoesNotFit', message }];
  }
  return [
    { ...about, code: 'PodPlacementUnknown', message: `${name}: ${placement.message}, so it may not find a place` },
  ];
};

const trimStop = (sentence: string): string => sentence.replace(/\.$/, '');
