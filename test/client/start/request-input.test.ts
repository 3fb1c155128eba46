import { describe, expect, it } from '@jest/globals';
import { toNodeNamesLine, toRequestInput, toStaticSummary } from '../../../src/client/start/request-input.ts';
import { parseRequest } from '../../../src/domain/request/parse-request.ts';
import type { DecommissionRequest } from '../../../src/domain/request/decommission-request.ts';

const parse = (input: object): DecommissionRequest => {
  const parsed = parseRequest({ nodeNames: ['node-1'], hostCleanup: 'skip', ...input });
  if (parsed.kind === 'invalid') throw new Error(parsed.problems.map(({ message }) => message).join());
  return parsed.request;
};

describe('toRequestInput', () => {
  it.each([
    { name: 'all defaults', input: {} },
    { name: 'maxUnavailable given', input: { maxUnavailable: '25%' } },
    { name: 'older key names', input: { timeout: 60, delete_local_data: true } },
    { name: 'no bound', input: { timeoutSeconds: 0 } },
    { name: "each pod's own grace period", input: { gracePeriodSeconds: -1 } },
    { name: 'workloads', input: { replicaSets: [{ namespace: 'default', name: 'web' }] } },
    { name: 'a task id that is normalized', input: { taskId: 'repair of rack 7' } },
    { name: 'requester and reason', input: { requestedBy: 'ann', reason: 'repair' } },
  ])('parses to the same request again: $name', ({ input }) => {
    const request = parse(input);
    expect(parse(toRequestInput(request))).toStrictEqual(request);
  });
});

describe('toNodeNamesLine', () => {
  it.each([
    { name: 'none', nodeNames: [], expected: '' },
    { name: 'two', nodeNames: ['a', 'b'], expected: 'a, b' },
    { name: 'seven', nodeNames: ['a', 'b', 'c', 'd', 'e', 'f', 'g'], expected: 'a, b, c, d, e and 2 more' },
  ])('names at most five: $name', ({ nodeNames, expected }) => {
    expect(toNodeNamesLine(nodeNames)).toBe(expected);
  });
});

describe('toStaticSummary', () => {
  it('names nodes and requester', () => {
    expect(toStaticSummary(parse({ requestedBy: 'ann' }))).toBe('Decommission node-1, requested by ann');
  });

  it('marks a dry run as a plan', () => {
    expect(toStaticSummary(parse({ dryRun: true }))).toBe('Plan to decommission node-1');
  });
});
