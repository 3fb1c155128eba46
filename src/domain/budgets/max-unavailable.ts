import type { CountOrPercent } from '../request/decommission-request.ts';

/**
 * How many of `replicas` may be unavailable at once. A percentage is rounded up, as the disruption controller does, so it is never zero for
 * one replica or more (k/k `pkg/controller/disruption`). `value`: a count of at least 1, or `"1%"` to `"100%"`.
 */
export const toUnavailableCount = (value: CountOrPercent, replicas: number): number =>
  typeof value === 'number' ? value : Math.ceil((Number.parseInt(value, 10) * replicas) / 100);
