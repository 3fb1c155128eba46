import type { NodeFacts, PodFacts, VolumeClaimFacts, VolumeFacts } from '../cluster/facts.ts';
import type { Placement } from '../plan/decommission-plan.ts';
import { isWithoutNode } from '../cluster/pod-state.ts';
import { toBoundVolumes, toVolumePredicate, type BoundVolumes } from './bound-volumes.ts';
import {
  hostPortPredicate,
  nodeAffinityPredicate,
  resourcePredicate,
  type SchedulingPredicate,
  taintPredicate,
  unschedulablePredicate,
} from './predicates.ts';
import { toNodeRooms } from './node-room.ts';
import { placeInOrder, type FoundPlace } from './place-in-order.ts';
import { toPlacementOrders } from './placement-orders.ts';

export interface ReschedulingFacts {
  readonly nodes: readonly NodeFacts[];
  /** All nodes that this task removes. */
  readonly removedNodeNames: readonly string[];
  /** Every pod of the cluster. */
  readonly pods: readonly PodFacts[];
  /** Those that are recreated elsewhere once evicted. */
  readonly podsToMove: readonly PodFacts[];
  readonly claims: readonly VolumeClaimFacts[];
  readonly volumes: readonly VolumeFacts[];
}

type Places = ReadonlyMap<string, FoundPlace>;

/**
 * In the scheduler's order, so that the reasons match the scheduler's. Add a further predicate to this list, and the cases that it
 * cannot evaluate to `toUnjudgedReason`.
 */
export const toPredicates = (volumes: BoundVolumes): readonly SchedulingPredicate[] => [
  unschedulablePredicate,
  taintPredicate,
  nodeAffinityPredicate,
  hostPortPredicate,
  resourcePredicate,
  toVolumePredicate(volumes),
];

/**
 * Where each pod of `podsToMove` would run once the removed nodes are gone, by pod UID. Room that evictions free on the removed nodes does
 * not count; pods that already wait for a node compete for the rest. `unknown`: it fits as far as can be evaluated. Preemption, quotas and
 * scoring are not simulated, so `fits` means that there is room, not that the scheduler chooses that node.
 */
export const simulateRescheduling = (facts: ReschedulingFacts): Readonly<Record<string, Placement>> => {
  const volumes = toBoundVolumes(facts.claims, facts.volumes);
  const places = findPlaces(facts, toPredicates(volumes));
  const placements: Record<string, Placement> = {};
  for (const pod of facts.podsToMove)
    placements[pod.uid] = toPlacement(places.get(pod.uid), toUnjudgedReason(pod, volumes));
  return placements;
};

/** The result of the first order that places every pod, or else of the one that places the most. */
const findPlaces = (facts: ReschedulingFacts, predicates: readonly SchedulingPredicate[]): Places => {
  const rooms = toNodeRooms(facts.nodes, facts.removedNodeNames, facts.pods);
  const pods = [...facts.podsToMove, ...facts.pods.filter(isWaitingForNode)];
  let best: { readonly places: Places; readonly failures: number } | undefined;
  for (const toOrder of toPlacementOrders(predicates)) {
    const places = placeInOrder(toOrder(pods, rooms), rooms, predicates);
    const failures = facts.podsToMove.filter(({ uid }) => isWithoutPlace(places.get(uid))).length;
    if (failures === 0) return places;
    if (best === undefined || failures < best.failures) best = { places, failures };
  }
  return best?.places ?? new Map<string, FoundPlace>();
};

const isWaitingForNode = (pod: PodFacts): boolean => isWithoutNode(pod) && !pod.schedulingGated;

const isWithoutPlace = (place: FoundPlace | undefined): boolean => place === undefined || 'message' in place;

const toPlacement = (place: FoundPlace | undefined, unjudgedReason: string | undefined): Placement => {
  if (place === undefined || 'message' in place) {
    return { verdict: 'doesNotFit', message: place?.message ?? '0/0 nodes are available.' };
  }
  const { nodeName } = place;
  return unjudgedReason === undefined
    ? { verdict: 'fits', nodeName, message: `${nodeName} has room` }
    : { verdict: 'unknown', nodeName, message: `${nodeName} has room, but ${unjudgedReason}` };
};

/** Why the pod may still not be schedulable on a node that passes all predicates; undefined when they cover all its constraints. */
const toUnjudgedReason = (pod: PodFacts, volumes: BoundVolumes): string | undefined => {
  if (pod.schedulerName !== 'default-scheduler') return `the pod uses scheduler ${pod.schedulerName}`;
  if (pod.schedulingGated) return 'the pod has a scheduling gate';
  if (pod.hasUnjudgedConstraints) return 'the pod affinity or topology spread of the pod is not evaluated';
  return volumes.unknownClaimOf(pod);
};
