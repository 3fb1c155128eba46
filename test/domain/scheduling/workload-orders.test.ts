import { describe, expect, it } from '@jest/globals';
import type { PodFacts } from '../../../src/domain/cluster/facts.ts';
import { groupByWorkload, placeFirst, placeLast } from '../../../src/domain/scheduling/workload-orders.ts';
import { barePod, owner, pod } from '../../builders/pod.ts';

const web = (name: string): PodFacts => pod({ name, controller: owner('apps/v1', 'ReplicaSet', 'web') });
const [first, second] = [web('web-1'), web('web-2')];
const bare = barePod({ name: 'bare' });
const other = barePod({ name: 'other' });
const order = [first, bare, second, other];

describe('orders by workload', () => {
  it('group the pods of a controller; a pod without one is a workload by itself', () => {
    expect(groupByWorkload(order)).toEqual([[first, second], [bare], [other]]);
  });

  it('place a workload first or last, and keep the order otherwise', () => {
    expect(placeFirst(order, [second, first])).toEqual([first, second, bare, other]);
    expect(placeLast(order, [second, first])).toEqual([bare, other, first, second]);
  });

  it('place no workload last that is alone', () => {
    expect(placeLast([first, second], [first, second])).toBeUndefined();
  });
});
