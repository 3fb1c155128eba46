import type { PlacementTrial } from './placement-trial.ts';
import type { Rescheduling } from './rescheduling.ts';

/** Asks for the room of these pods while the removed nodes are cordoned and none of the pods has moved. */
export type RoomQuestion = Pick<PlacementTrial, 'removedNodeNames' | 'pods'>;

/** The room of one pod that can only be refused by reasons of each node alone: nothing that happens to other nodes matters. */
export interface PodRoom {
  /** How many of the other pods can each make one node refuse this pod whatever they request, e.g. by an anti-affinity or a host port. */
  readonly rivals: number;
  /**
   * The nodes that fit it, as how many of the other pods each of them takes at least before it refuses this pod. One list if any node will do.
   * A pod with a hard topology spread has one for each domain: the domain with the fewest matching pods always accepts it, and any may be that
   * one. Not all nodes have to be listed.
   */
  readonly domains: readonly (readonly number[])[];
}

/** By UID. Absent: the place of the pod depends on more than one node, or on volumes and devices, or it may come back on a removed node. */
export type RoomSurvey = ReadonlyMap<string, PodRoom>;

/**
 * True when the pod has a place in every trial, whatever the order of the pods and the choice of their nodes: `others` pods, which move or wait,
 * cannot make every node refuse it. Each rival is assumed to take the node with the most room, and all the others to fill those that are left.
 * Pure.
 */
export const isPlacedInAnyOrder = ({ rivals, domains }: PodRoom, others: number): boolean =>
  domains.length > 0 && domains.every((spare) => countToFill(spare, rivals) > others - rivals);

/** How many pods it takes to make all of these nodes refuse the pod, without the nodes that rivals take. */
const countToFill = (spare: readonly number[], rivals: number): number =>
  [...spare]
    .sort((a, b) => b - a)
    .slice(rivals)
    .reduce((sum, taken) => sum + taken + 1, 0);

/** True when every pod that moves has a place in every trial. Then the first trial shows the places, and no other can change a verdict. Pure. */
export const areAllPlacedInAnyOrder = ({ moving, waiting }: Rescheduling, survey: RoomSurvey): boolean => {
  const others = moving.length + waiting.length - 1;
  return moving.every(({ pod: { uid: ownUid }, secondUid: uid = ownUid }) => {
    const room = survey.get(uid);
    return room !== undefined && isPlacedInAnyOrder(room, others);
  });
};
