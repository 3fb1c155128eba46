import { describe, expect, it } from '@jest/globals';
import { planStarts, type FleetFacts, type FleetStop } from '../../../src/domain/fleet/plan-starts.ts';
import type { FleetLimits } from '../../../src/domain/fleet/fleet-limits.ts';
import { fleetFacts } from '../../builders/fleet.ts';

describe('planStarts', () => {
  it.each<[string, string, Partial<FleetLimits>, readonly string[], string]>([
    ['one at a time starts the first', 'a1, a2', { maxConcurrentNodes: 1 }, ['a1'], '1 node waits: 1 of 1 node runs'],
    ['one at a time waits', 'a1 running, a2', { maxConcurrentNodes: 1 }, [], '1 node waits: 1 of 1 node runs'],
    ['the next one follows', 'a1 decommissioned, a2', { maxConcurrentNodes: 1 }, ['a2'], ''],
    [
      'three at once',
      'a1, a2, a3, a4, a5',
      { maxConcurrentNodes: 3 },
      ['a1', 'a2', 'a3'],
      '2 nodes wait: 3 of 3 nodes run',
    ],
    [
      'a window that has room again',
      'a1 running, a2 decommissioned, a3, a4',
      { maxConcurrentNodes: 2 },
      ['a3'],
      '1 node waits: 2 of 2 nodes run',
    ],
    ['more room than nodes', 'a1 running, a2', { maxConcurrentNodes: 9 }, ['a2'], ''],
    [
      'a limit per zone lets other zones pass',
      'a1, a2, a3, b1',
      { maxConcurrentPerZone: 2 },
      ['a1', 'a2', 'b1'],
      '1 node waits: zone a has 2 of 2 nodes',
    ],
    [
      'a limit per zone counts those that run',
      'a1 running, a2, b1 running, b2',
      { maxConcurrentPerZone: 1 },
      [],
      '1 node waits: zone a has 1 of 1 node; 1 node waits: zone b has 1 of 1 node',
    ],
    [
      'nodes without a label are one zone',
      'x1, x2',
      { maxConcurrentPerZone: 1 },
      ['x1'],
      '1 node waits: the zone of nodes without a zone label has 1 of 1 node',
    ],
    [
      'one zone at a time starts all of the first zone',
      'a1, b1, a2, b2',
      { oneZoneAtATime: true },
      ['a1', 'a2'],
      '2 nodes wait: zone a has nodes left, and zones go one at a time',
    ],
    [
      'one zone at a time continues with the zone of the first node',
      'a1 decommissioned, b1, a2',
      { oneZoneAtATime: true },
      ['a2'],
      '1 node waits: zone a has nodes left, and zones go one at a time',
    ],
    [
      'one zone at a time waits for the last node of a zone',
      'a1 running, a2 decommissioned, b1',
      { oneZoneAtATime: true },
      [],
      '1 node waits: zone a has nodes left, and zones go one at a time',
    ],
    [
      'a failed node does not keep its zone open',
      'a1 failed, a2 decommissioned, b1',
      { oneZoneAtATime: true, stopAfterFailures: 2 },
      ['b1'],
      '',
    ],
    ['a failure below the limit starts others', 'a1 failed, a2', { stopAfterFailures: 2 }, ['a2'], ''],
    [
      'wait: a parked node starts no other',
      'a1 parked, a2 running, b1',
      { onNodeParked: 'wait' },
      [],
      '1 node waits: node a1 needs an operator, and onNodeParked is wait',
    ],
    [
      'wait: a resumed node counts again',
      'a1 resumed, a2',
      { maxConcurrentNodes: 1 },
      [],
      '1 node waits: 1 of 1 node runs',
    ],
    [
      'continue: a parked node does not count',
      'a1 parked, a2, a3',
      { maxConcurrentNodes: 1, onNodeParked: 'continue' },
      ['a2'],
      '1 node waits: 1 of 1 node runs',
    ],
    [
      'continue: a parked node does not count for its zone',
      'a1 parked, a2',
      { maxConcurrentPerZone: 1, onNodeParked: 'continue' },
      ['a2'],
      '',
    ],
    [
      'continue: a parked node does not keep its zone open',
      'a1 parked, a2 decommissioned, b1',
      { oneZoneAtATime: true, onNodeParked: 'continue' },
      ['b1'],
      '',
    ],
    [
      'continue: a resumed node does not count, because others may have started since',
      'a1 resumed, a2 running, a3',
      { maxConcurrentNodes: 2, onNodeParked: 'continue' },
      ['a3'],
      '',
    ],
    ['nothing waits', 'a1 running, a2 failed', { stopAfterFailures: 3 }, [], ''],
  ])('%s', (_name, nodes, limits, start, waits) => {
    expect(planStarts(fleetFacts(nodes, limits))).toEqual({ start, waits });
  });

  it.each<[string, string, Partial<FleetLimits>, Partial<FleetFacts>, FleetStop]>([
    ['the task is cancelled', 'a1 running, a2', {}, { isCancelled: true }, 'cancelled'],
    ['the first node failed', 'a1 failed, a2', {}, {}, 'failures'],
    ['the last allowed node failed', 'a1 failed, a2 running, a3 failed, a4', { stopAfterFailures: 2 }, {}, 'failures'],
    ['stop: a node is parked', 'a1 parked, a2 running, a3', { onNodeParked: 'stop' }, {}, 'parked'],
    ['it is cancelled while paused', 'a1, a2', {}, { isCancelled: true, isPaused: true }, 'cancelled'],
  ])('stops for good when %s', (_name, nodes, limits, overrides, stop) => {
    expect(planStarts(fleetFacts(nodes, limits, overrides))).toEqual({ start: [], stop, waits: '' });
  });

  it('starts nothing while the task is paused', () => {
    const plan = planStarts(fleetFacts('a1 decommissioned, a2, a3', {}, { isPaused: true }));
    expect(plan).toEqual({ start: [], waits: '2 nodes wait: the task is paused' });
  });

  it.each([
    ['opens later', { changesAt: Date.UTC(2026, 0, 5, 21) }, 'no window is open until 2026-01-05T21:00:00.000Z'],
    ['is unknown yet', {}, 'the windows are being checked'],
  ])('starts nothing while the next window %s', (_name, state, why) => {
    const plan = planStarts(fleetFacts('a1 running, a2', {}, { closedWindow: { isOpen: false, ...state } }));
    expect(plan).toEqual({ start: [], waits: `1 node waits: ${why}` });
  });
});
