import type { WorkloadFacts } from '../cluster/facts.ts';
import type { CountOrPercent, DecommissionRequest } from '../request/decommission-request.ts';

/**
 * What applies to a workload. More than one pod of a StatefulSet is missing only if the caller set `maxUnavailable`: 25 % of 5 would be 2 members
 * of a quorum. The same holds for a kind whose replica count is unknown, which is an operator's.
 */
export const toMaxUnavailable = (
  { kind, replicas }: Pick<WorkloadFacts, 'kind' | 'replicas'>,
  request: Pick<DecommissionRequest, 'maxUnavailable' | 'maxUnavailableGiven'>,
): CountOrPercent =>
  (kind === 'StatefulSet' || replicas === undefined) && !request.maxUnavailableGiven ? 1 : request.maxUnavailable;

/**
 * How many of `replicas` may be unavailable at once. A percentage is rounded up, as the disruption controller does, so it is never zero for
 * one replica or more (k/k `pkg/controller/disruption`). `value`: a count of at least 1, or `"1%"` to `"100%"`.
 */
export const toUnavailableCount = (value: CountOrPercent, replicas: number): number =>
  typeof value === 'number' ? value : Math.ceil((Number.parseInt(value, 10) * replicas) / 100);
