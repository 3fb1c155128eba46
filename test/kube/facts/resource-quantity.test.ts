import { describe, expect, it } from '@jest/globals';
import { toAmount, toAmounts } from '../../../src/kube/facts/resource-quantity.ts';

describe('toAmount', () => {
  it.each<[string, string, string | number, number]>([
    ['whole CPUs in millicores', 'cpu', '2', 2000],
    ['millicores', 'cpu', '250m', 250],
    ['a tenth of a CPU', 'cpu', '0.1', 100],
    ['a fraction without a floating-point error', 'cpu', '1.005', 1005],
    ['less than a millicore, rounded up', 'cpu', '100u', 1],
    ['nanocores, rounded up', 'cpu', '1500000001n', 1501],
    ['plain bytes', 'memory', '128974848', 128974848],
    ['a number', 'memory', 5, 5],
    ['binary units', 'memory', '123Mi', 123 * 2 ** 20],
    ['a binary fraction', 'memory', '1.5Gi', 1.5 * 2 ** 30],
    ['decimal units', 'memory', '129M', 129_000_000],
    ['an exponent', 'memory', '129e6', 129_000_000],
    ['a capital exponent', 'memory', '1E3', 1000],
    ['an exa suffix', 'memory', '2E', 2e18],
    ['a negative exponent, rounded up', 'memory', '15e-1', 2],
    ['milli-bytes, rounded up', 'memory', '1500m', 2],
    ['a point without a fraction', 'pods', '110.', 110],
    ['zero', 'pods', '0', 0],
    ['a sign', 'pods', '+3', 3],
    ['a negative amount, rounded up', 'memory', '-1500m', -1],
  ])('reads %s', (_name, resource, quantity, expected) => {
    expect(toAmount(resource, quantity)).toBe(expected);
  });

  it.each(['', '.', 'm', '1Q', '1 Gi', 'abc', '1e', '--1'])('refuses "%s"', (quantity) => {
    expect(() => toAmount('cpu', quantity)).toThrow(RangeError);
  });
});

describe('toAmounts', () => {
  it('reads each amount in its own unit', () => {
    expect(toAmounts({ cpu: '1', pods: '110' })).toEqual({ cpu: 1000, pods: 110 });
  });

  it('reads an absent list as empty', () => {
    expect(toAmounts(undefined)).toEqual({});
  });
});
