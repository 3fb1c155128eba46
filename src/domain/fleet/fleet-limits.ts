import { REQUEST_DEFAULTS } from '../request/defaults.ts';
import type { CountOrPercent, DecommissionRequest } from '../request/decommission-request.ts';

/** How many nodes of a task run at once, and what ends the task early. */
export interface FleetLimits {
  readonly maxConcurrentNodes: number;
  /** Absent: no limit of its own. */
  readonly maxConcurrentPerZone?: number;
  readonly oneZoneAtATime: boolean;
  readonly stopAfterFailures: number;
  readonly onNodeParked: NonNullable<DecommissionRequest['onNodeParked']>;
}

type FleetRequest = Pick<
  DecommissionRequest,
  'nodeNames' | 'maxConcurrentNodes' | 'maxConcurrentPerZone' | 'oneZoneAtATime' | 'stopAfterFailures' | 'onNodeParked'
>;

/** The limits of a request. A percentage is of all its nodes, rounded down, but at least one. Pure. */
export const toFleetLimits = (request: FleetRequest): FleetLimits => {
  const { oneZoneAtATime, stopAfterFailures, onNodeParked } = REQUEST_DEFAULTS;
  return {
    maxConcurrentNodes: toCount(request.maxConcurrentNodes, request.nodeNames.length),
    oneZoneAtATime: request.oneZoneAtATime ?? oneZoneAtATime,
    stopAfterFailures: request.stopAfterFailures ?? stopAfterFailures,
    onNodeParked: request.onNodeParked ?? onNodeParked,
    ...(request.maxConcurrentPerZone === undefined ? {} : { maxConcurrentPerZone: request.maxConcurrentPerZone }),
  };
};

const toCount = (limit: CountOrPercent, nodeCount: number): number =>
  typeof limit === 'number' ? limit : Math.max(1, Math.floor((Number.parseInt(limit, 10) * nodeCount) / 100));
