import { toShortList } from '../text/counts.ts';
import type { FleetNode, FleetNodeState, FleetStop } from './plan-starts.ts';

const MAX_NAMES = 5;

/** The sentence for the status of a task whose nodes run, without a full stop, e.g. `decommissioning nodes a, b (2 of 8 ended)`. Pure. */
export const describeFleet = (nodes: readonly FleetNode[]): string => {
  const running = namesIn(nodes, 'running', 'parked', 'resumed');
  const endedCount = namesIn(nodes, 'decommissioned', 'failed').length;
  const progress = nodes.length === 1 ? '' : ` (${endedCount} of ${nodes.length} ended)`;
  if (running.length === 0) return `decommissioning ${nodes.length} nodes${progress}`;
  const noun = running.length === 1 ? 'node' : 'nodes';
  return `decommissioning ${noun} ${toShortList(running, MAX_NAMES)}${progress}`;
};

/** Names of the nodes in one of the states, in order. Pure. */
export const namesIn = (nodes: readonly FleetNode[], ...states: readonly FleetNodeState[]): readonly string[] =>
  nodes.filter(({ state }) => states.includes(state)).map(({ nodeName }) => nodeName);

/** True while nothing proceeds without an operator: a node is parked, and none runs. Pure. */
export const needsOperator = (nodes: readonly FleetNode[]): boolean =>
  nodes.some(({ state }) => state === 'parked') &&
  nodes.every(({ state }) => state !== 'running' && state !== 'resumed');

/** Why the nodes that wait are undone instead of started, without a full stop. Pure. */
export const describeStop = (stop: FleetStop, nodes: readonly FleetNode[]): string => {
  switch (stop) {
    case 'cancelled':
      return 'the task was cancelled';
    case 'parked':
      return `node ${namesIn(nodes, 'parked')[0] ?? ''} needs an operator, and onNodeParked is stop`;
    case 'failures': {
      const failed = namesIn(nodes, 'failed');
      return `${failed.length === 1 ? 'node' : 'nodes'} ${toShortList(failed, MAX_NAMES)} could not be decommissioned (stopAfterFailures)`;
    }
  }
};
