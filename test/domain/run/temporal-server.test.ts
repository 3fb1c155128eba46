import { describe, expect, it } from '@jest/globals';
import { toHost, toNames } from '../../../src/domain/run/temporal-server.ts';

describe('toHost', () => {
  it.each([
    ['temporal.example:7233', 'temporal.example'],
    ['temporal.example', 'temporal.example'],
    ['[2001:db8::1]:7233', '2001:db8::1'],
    ['10.0.0.7:7233', '10.0.0.7'],
  ])('%s', (address, host) => {
    expect(toHost(address)).toBe(host);
  });
});

describe('toNames', () => {
  it.each([
    ['front.temporal.svc.cluster.local.:7233', ['front.temporal']],
    ['Front.temporal.svc:7233', ['front.temporal']],
    ['front.temporal:7233', ['front.temporal']],
    ['front:7233', []],
    ['temporal.tools.example:7233', []],
  ])('the Service that %s may name', (address, services) => {
    expect(toNames(address).services).toEqual(services);
  });
});
