import { describe, expect, it } from '@jest/globals';
import type { DecommissionRequest } from '../../../src/domain/request/decommission-request.ts';
import { withoutSpelledNones, withSpelledNones } from '../../../src/domain/request/none.ts';
import { decommissionRequest } from '../../builders/decommission-request.ts';

describe('none', () => {
  const { timeoutSeconds: _bound, ...unbound } = decommissionRequest();

  it.each<[string, DecommissionRequest, DecommissionRequest]>([
    ['no bound', decommissionRequest({ timeoutSeconds: 0 }), unbound],
    ["each pod's own", decommissionRequest({ gracePeriodSeconds: -1 }), decommissionRequest()],
    ['both', { ...unbound, timeoutSeconds: 0, gracePeriodSeconds: -1 }, unbound],
    ['absent already', unbound, unbound],
  ])('is an absent field: %s', (_case, spelled, expected) => {
    expect(withoutSpelledNones(spelled)).toStrictEqual(expected);
    expect(withSpelledNones(expected)).toMatchObject({ gracePeriodSeconds: -1 });
    expect(withoutSpelledNones(withSpelledNones(expected))).toStrictEqual(expected);
  });

  it('leaves bounds alone', () => {
    const bound = decommissionRequest({ timeoutSeconds: 1, gracePeriodSeconds: 1 });
    expect(withoutSpelledNones(bound)).toStrictEqual(bound);
    expect(withSpelledNones(bound)).toStrictEqual(bound);
  });
});
