import { describe, expect, it } from '@jest/globals';
import { describeFleet, describeStop, namesIn, needsOperator } from '../../../src/domain/fleet/describe-fleet.ts';
import type { FleetStop } from '../../../src/domain/fleet/plan-starts.ts';
import { fleetNodes } from '../../builders/fleet.ts';

describe('describeFleet', () => {
  it.each([
    ['a1 running', 'decommissioning node a1'],
    ['a1 running, a2', 'decommissioning node a1 (0 of 2 ended)'],
    ['a1 decommissioned, a2 running, b1 resumed, b2', 'decommissioning nodes a2, b1 (1 of 4 ended)'],
    [
      'a1 running, a2 running, a3 running, a4 running, a5 running, a6 running, a7 failed',
      'decommissioning nodes a1, a2, a3, a4, a5 and 1 more (1 of 7 ended)',
    ],
    ['a1 parked, a2', 'decommissioning node a1 (0 of 2 ended)'],
    ['a1 failed, a2', 'decommissioning 2 nodes (1 of 2 ended)'],
  ])('%s', (nodes, expected) => {
    expect(describeFleet(fleetNodes(nodes))).toBe(expected);
  });
});

describe('namesIn', () => {
  it('lists the nodes of these states in order', () => {
    expect(namesIn(fleetNodes('a1 parked, a2, b1 failed, b2 parked'), 'parked', 'failed')).toEqual(['a1', 'b1', 'b2']);
  });
});

describe('needsOperator', () => {
  it.each([
    ['a1 running', false],
    ['a1 parked', true],
    ['a1 parked, a2', true],
    ['a1 parked, a2 running', false],
    ['a1 parked, a2 resumed', false],
    ['a1 parked, a2 decommissioned, a3 failed, a4 undone', true],
  ])('%s: %s', (nodes, expected) => {
    expect(needsOperator(fleetNodes(nodes))).toBe(expected);
  });
});

describe('describeStop', () => {
  it.each<[FleetStop, string, string]>([
    ['cancelled', 'a1', 'the task was cancelled'],
    ['parked', 'a1, a2 parked', 'node a2 needs an operator, and onNodeParked is stop'],
    ['failures', 'a1 failed, a2', 'node a1 could not be decommissioned (stopAfterFailures)'],
    ['failures', 'a1 failed, a2 failed', 'nodes a1, a2 could not be decommissioned (stopAfterFailures)'],
  ])('%s of %s', (stop, nodes, expected) => {
    expect(describeStop(stop, fleetNodes(nodes))).toBe(expected);
  });
});
