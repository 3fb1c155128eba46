import { describe, expect, it } from '@jest/globals';
import type { AccessRight } from '../../../src/domain/cluster/facts.ts';
import { toRightText } from '../../../src/domain/cluster/rights.ts';

describe('toRightText', () => {
  it.each<{ readonly right: AccessRight; readonly expected: string }>([
    { right: { verb: 'get', group: '', resource: 'nodes' }, expected: 'get nodes' },
    {
      right: { verb: 'patch', group: 'policy', resource: 'poddisruptionbudgets' },
      expected: 'patch poddisruptionbudgets.policy',
    },
    {
      right: { verb: 'get', group: 'apps.kruise.io', resource: 'clonesets', subresource: 'scale' },
      expected: 'get clonesets.apps.kruise.io/scale',
    },
    { right: { verb: 'get', group: '', resource: 'pods', namespace: 'shop' }, expected: 'get pods in shop' },
  ])('returns $expected', ({ right, expected }) => {
    expect(toRightText(right)).toBe(expected);
  });
});
