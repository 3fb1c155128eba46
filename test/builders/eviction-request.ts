import type { EvictionRequest } from '../../src/activities/eviction/eviction-request.ts';
import type { PodRef } from '../../src/domain/cluster/facts.ts';

/** Evict this pod with its own grace period, without a deadline or a progress listener. */
export const evictionRequest = (pod: PodRef, overrides: Partial<EvictionRequest> = {}): EvictionRequest => ({
  pod,
  signal: new AbortController().signal,
  onProgress: () => undefined,
  ...overrides,
});
