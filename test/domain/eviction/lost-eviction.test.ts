import { describe, expect, it } from '@jest/globals';
import { toLostEviction } from '../../../src/domain/eviction/lost-eviction.ts';

const AT = '2026-01-02T03:04:05.000Z';

describe('toLostEviction', () => {
  it('reports an accepted eviction', () => {
    expect(toLostEviction({ podUid: 'uid', state: 'Terminating', acceptedAt: AT })).toEqual({
      outcome: 'Terminating',
      evictedAt: AT,
      message: 'evicted; the worker was lost before the pod was confirmed gone',
    });
  });

  it('reports an eviction without a response as uncertain', () => {
    expect(toLostEviction({ unansweredAt: AT })).toEqual({
      outcome: 'NotEvicted',
      message: expect.stringContaining(AT),
    });
  });

  it.each([undefined, null, 'text', 7, {}, { acceptedAt: 7 }])('reports no eviction for %p', (details) => {
    expect(toLostEviction(details)).toBeUndefined();
  });
});
