import { describe, expect, it } from '@jest/globals';
import { toMaxUnavailable, toUnavailableCount } from '../../../src/domain/budgets/max-unavailable.ts';
import { decommissionRequest } from '../../builders/decommission-request.ts';
import { countlessWorkload, workload } from '../../builders/workload.ts';

describe('toMaxUnavailable', () => {
  const brokers = countlessWorkload('kafka.example.com/v1', 'BrokerSet', 'brokers');
  const given = { maxUnavailable: '40%', maxUnavailableGiven: true };

  it.each([
    ['the default, of a Deployment', workload(), {}, '25%'],
    ['the default, of a StatefulSet', workload({ kind: 'StatefulSet' }), {}, 1],
    ['the default, of a kind whose replica count is unknown', brokers, {}, 1],
    ['what the caller gave, of a StatefulSet', workload({ kind: 'StatefulSet' }), given, '40%'],
    ['what the caller gave, of a kind whose replica count is unknown', brokers, given, '40%'],
  ])('%s', (_name, of, request, expected) => {
    expect(toMaxUnavailable(of, decommissionRequest(request))).toBe(expected);
  });
});

describe('toUnavailableCount', () => {
  it.each<[string, number | string, number, number]>([
    ['P2 30 % of 7 is 3', '30%', 7, 3],
    ['P2 30 % of 3 is 1', '30%', 3, 1],
    ['P2 a number is used unchanged', 2, 7, 2],
    ['1 % of 3 is 1', '1%', 3, 1],
    ['25 % of 5 is 2', '25%', 5, 2],
    ['25 % of 4 is exactly 1', '25%', 4, 1],
    ['29 % of 100 is exactly 29', '29%', 100, 29],
    ['100 % is all replicas', '100%', 7, 7],
  ])('%s', (_name, value, replicas, expected) => {
    expect(toUnavailableCount(value, replicas)).toBe(expected);
  });

  it('never allows zero of one replica or more', () => {
    const counts = Array.from({ length: 100 }, (_each, index) => toUnavailableCount(`${index + 1}%`, 2));

    expect(Math.min(...counts)).toBe(1);
  });
});
