import { describe, expect, it } from '@jest/globals';
import { toFleetLimits } from '../../../src/domain/fleet/fleet-limits.ts';
import type { CountOrPercent } from '../../../src/domain/request/decommission-request.ts';
import { decommissionRequest } from '../../builders/decommission-request.ts';

const nodeNames = (count: number): string[] => Array.from({ length: count }, (_, index) => `n${index}`);

describe('toFleetLimits', () => {
  it.each<[CountOrPercent, number, number]>([
    [1, 40, 1],
    [10, 40, 10],
    [10, 3, 10],
    ['25%', 40, 10],
    ['25%', 7, 1],
    ['50%', 7, 3],
    ['1%', 40, 1],
    ['100%', 40, 40],
  ])('maxConcurrentNodes %j of %i nodes: %i', (maxConcurrentNodes, count, expected) => {
    const request = decommissionRequest({ nodeNames: nodeNames(count), maxConcurrentNodes });
    expect(toFleetLimits(request).maxConcurrentNodes).toBe(expected);
  });

  it('has the defaults of a request that version 0.1 recorded', () => {
    expect(toFleetLimits({ nodeNames: ['n'], maxConcurrentNodes: 1 })).toEqual({
      maxConcurrentNodes: 1,
      oneZoneAtATime: false,
      stopAfterFailures: 1,
      onNodeParked: 'wait',
    });
  });

  it('keeps what the request sets', () => {
    const given = {
      maxConcurrentPerZone: 2,
      oneZoneAtATime: true,
      stopAfterFailures: 3,
      onNodeParked: 'stop',
    } as const;
    expect(toFleetLimits(decommissionRequest(given))).toMatchObject(given);
  });
});
