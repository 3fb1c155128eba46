import type { NodePlan } from '../plan/decommission-plan.ts';
import type { DecommissionRequest } from '../request/decommission-request.ts';

type OrderedNode = Pick<NodePlan, 'zone' | 'leavingPodCount'>;

/**
 * The nodes in the order in which they start. `nodes`: as given. `zoneByZone`: zones in the order of their first node, and in each zone as
 * given; nodes without a zone form one zone. `fewestPodsFirst`: by the number of pods that leave, equal ones as given. Pure.
 */
export const orderNodes = <Node extends OrderedNode>(
  nodes: readonly Node[],
  nodeOrder: DecommissionRequest['nodeOrder'],
): readonly Node[] => {
  switch (nodeOrder) {
    case 'fewestPodsFirst':
      return [...nodes].sort((one, other) => (one.leavingPodCount ?? 0) - (other.leavingPodCount ?? 0));
    case 'zoneByZone': {
      const zones = [...new Set(nodes.map(({ zone }) => zone))];
      return zones.flatMap((zone) => nodes.filter((node) => node.zone === zone));
    }
    default:
      return nodes;
  }
};
