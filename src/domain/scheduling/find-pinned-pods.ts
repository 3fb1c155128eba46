import { toPredicates, type ReschedulingFacts } from './simulate-rescheduling.ts';
import { toBoundVolumes } from './bound-volumes.ts';
import { toNodeRooms } from './node-room.ts';
import { firstReasonsAgainst, toUnavailableMessage } from './place-in-order.ts';

/**
 * Those of `podsToMove` that can only live on the nodes that go: their volumes, node selector or affinity leave no other node,
 * whatever is freed there. By pod UID, what stands against the remaining nodes in the scheduler's wording.
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
