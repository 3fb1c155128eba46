import { describe, expect, it } from '@jest/globals';

import { chooseSubnet } from '../../../stack/hosts/choose-subnet.ts';

describe('chooseSubnet', () => {
  const first = chooseSubnet('run', []);
  const [, second = '', third = ''] = first.split('.');

  it('chooses one of 198.18.0.0/15, the same for the same run', () => {
    expect(first).toMatch(/^198\.1[89]\.\d{1,3}$/);
    expect(chooseSubnet('run', [])).toBe(first);
  });

  it('tries different ones first for different runs', () => {
    const chosen = new Set(Array.from({ length: 20 }, (_, index) => chooseSubnet(`run ${index}`, [])));
    expect(chosen.size).toBeGreaterThan(10);
  });

  it.each([
    ['the same subnet', `${first}.0/24`, true],
    ['an address in it', `${first}.9`, true],
    ['a part of it', `${first}.128/25`, true],
    ['a network that contains it', `198.${second}.0.0/16`, true],
    ['the whole range, as used by some proxies', '198.18.0.0/15', true],
    ['a very wide route', '192.0.0.0/3', false],
    ['the default route', 'default', false],
    ['a neighbour', `198.${second}.${(Number(third) + 100) % 256}.0/24`, false],
    ['some other network', '10.0.0.0/8', false],
    ['an IPv6 route', 'fd00::/64', false],
  ])('detects whether %s conflicts', (_name, dst, isConflict) => {
    const choose = (): string => chooseSubnet('run', [{ dst }]);
    if (dst === '198.18.0.0/15') expect(choose).toThrow(/All subnets of 198\.18\.0\.0\/15 are in use/);
    else expect(choose() !== first).toBe(isConflict);
  });

  it('continues with the next free one', () => {
    const taken = Array.from({ length: 256 }, (_, index) => ({ dst: `198.${second}.${index}.0/24` }));
    expect(chooseSubnet('run', taken)).not.toMatch(new RegExp(`^198\\.${second}\\.`));
  });
});
