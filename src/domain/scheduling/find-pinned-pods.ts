import { toPredicates, type ReschedulingFacts } from './simulate-rescheduling.ts';
import { toBoundVolumes } from './bound-volumes.ts';
import { toNodeRooms } from './node-room.ts';
import { firstReasonsAgainst, toUnavailableMessage } from './place-in-order.ts';

/**
 * Those of `podsToMove` that can only run on the nodes being removed: their volumes, node selector or affinity exclude every other node,
 * however much room is freed there. By pod UID: why the remaining nodes are excluded, in the scheduler's wording.
 */
export const findPinnedPods = (facts: ReschedulingFacts): Readonly<Record<string, string>> => {
  const predicates = toPredicates(toBoundVolumes(facts.claims, facts.volumes)).filter(({ isFixed }) => isFixed);
  const rooms = toNodeRooms(facts.nodes, facts.removedNodeNames, []);
  const pinned: Record<string, string> = {};
  for (const pod of facts.podsToMove) {
    const remaining = rooms.filter(({ removed }) => !removed).map((room) => firstReasonsAgainst(pod, room, predicates));
    const isRefusedElsewhere = remaining.length > 0 && remaining.every((reasons) => reasons.length > 0);
    const suitsRemoved = rooms.some((room) => room.removed && firstReasonsAgainst(pod, room, predicates).length === 0);
    if (isRefusedElsewhere && suitsRemoved) pinned[pod.uid] = toUnavailableMessage(remaining);
  }
  return pinned;
};
