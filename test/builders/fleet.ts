import type { FleetLimits } from '../../src/domain/fleet/fleet-limits.ts';
import type { FleetFacts, FleetNode, FleetNodeState } from '../../src/domain/fleet/plan-starts.ts';

/** Without any limit but those given. */
export const fleetLimits = (overrides: Partial<FleetLimits> = {}): FleetLimits => ({
  maxConcurrentNodes: 100,
  oneZoneAtATime: false,
  stopAfterFailures: 1,
  onNodeParked: 'wait',
  ...overrides,
});

/**
 * Nodes by name in one text, e.g. `a1 running, b1`: the letter is the zone (`x`: none), the word the state, `waiting` without one.
 */
export const fleetNodes = (text: string): readonly FleetNode[] =>
  text.split(', ').map((part) => {
    const [nodeName = '', state = 'waiting'] = part.split(' ');
    const zone = nodeName.startsWith('x') ? '' : nodeName.charAt(0);
    return { nodeName, zone, state: state as FleetNodeState };
  });

export const fleetFacts = (
  nodes: string,
  limits: Partial<FleetLimits> = {},
  overrides: Partial<FleetFacts> = {},
): FleetFacts => ({
  nodes: fleetNodes(nodes),
  limits: fleetLimits(limits),
  isPaused: false,
  isCancelled: false,
  ...overrides,
});
