import { describe, expect, it } from '@jest/globals';
import { toLostEviction } from '../../../src/domain/eviction/lost-eviction.ts';

const AT = '2026-01-02T03:04:05.000Z';

describe('toLostEviction', () => {
  it('knows an eviction that was accepted', () => {
    expect(toLostEviction({ podUid: 'uid', state: 'Terminating', acceptedAt: AT })).toEqual({
      outcome: 'Terminating',
      evictedAt: AT,
      message: 'evicted; its worker was lost before the pod was seen to be gone',
    });
  });

  it('does not vouch for a pod whose eviction was not answered', () => {
    expect(toLostEviction({ unansweredAt: AT })).toEqual({
      outcome: 'NotEvicted',
      message: expect.stringContaining(AT),
    });
  });

  it.each([undefined, null, 'text', 7, {}, { acceptedAt: 7 }])('says nothing by %p', (details) => {
    expect(toLostEviction(details)).toBeUndefined();
  });
});
