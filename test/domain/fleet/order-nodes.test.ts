import { describe, expect, it } from '@jest/globals';
import { orderNodes } from '../../../src/domain/fleet/order-nodes.ts';
import type { DecommissionRequest } from '../../../src/domain/request/decommission-request.ts';
import { nodePlan } from '../../builders/decommission-plan.ts';

const NODES = [
  nodePlan({ nodeName: 'n1', zone: 'b', leavingPodCount: 5 }),
  nodePlan({ nodeName: 'n2', leavingPodCount: 2 }),
  nodePlan({ nodeName: 'n3', zone: 'a', leavingPodCount: 9 }),
  nodePlan({ nodeName: 'n4', zone: 'b', leavingPodCount: 2 }),
  nodePlan({ nodeName: 'n5' }),
];

describe('orderNodes', () => {
  it.each<[DecommissionRequest['nodeOrder'], readonly string[]]>([
    [undefined, ['n1', 'n2', 'n3', 'n4', 'n5']],
    ['asGiven', ['n1', 'n2', 'n3', 'n4', 'n5']],
    ['fewestPodsFirst', ['n5', 'n2', 'n4', 'n1', 'n3']],
    ['zoneByZone', ['n1', 'n4', 'n2', 'n5', 'n3']],
  ])('%s', (nodeOrder, names) => {
    expect(orderNodes(NODES, nodeOrder).map(({ nodeName }) => nodeName)).toEqual(names);
  });

  it('does not change its argument', () => {
    orderNodes(Object.freeze([...NODES]), 'fewestPodsFirst');
    expect(NODES[0]?.nodeName).toBe('n1');
  });
});
