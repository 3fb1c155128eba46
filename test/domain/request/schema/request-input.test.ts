import { describe, expect, it } from '@jest/globals';
import { parseRequest } from '../../../../src/domain/request/parse-request.ts';
import type { DecommissionRequestInput } from '../../../../src/domain/request/schema/request-input.ts';

const nodeNames = ['node-1'];

/** `npm run types` checks each line: what compiles is valid, and what is invalid does not compile. */
const VALID: readonly DecommissionRequestInput[] = [
  { nodeNames },
  { nodeNames, taskId: 42, cluster: 'prod', requestedBy: 'bot', reason: 'disk', force: true, dryRun: false },
  { nodeNames, timeoutSeconds: 0, gracePeriodSeconds: -1, maxUnavailable: '25%', maxConcurrentNodes: 2 },
  { nodeNames, replicaSets: [{ namespace: 'shop', name: 'web' }], statefulSets: [], cloneSets: null },
  { nodeNames, preflight: 'warn', singleReplica: 'surge', hostCleanup: 'skip', deleteNode: false },
  { nodeNames, nodeOrder: 'zoneByZone', cordon: 'inTurn', onNodeParked: 'stop', reason: undefined },
  { nodeNames, windows: [{ cron: '0 22 * * *', timeZone: 'UTC', durationMinutes: 60 }], onWindowClose: 'pause' },
];

const INVALID: readonly DecommissionRequestInput[] = [
  // @ts-expect-error nodeNames is required
  {},
  // @ts-expect-error nodeNames is not nullable
  { nodeNames: null },
  // @ts-expect-error a wrong key
  { nodeNames, timeout_second: 600 },
  // @ts-expect-error derived by the parser, not part of a request
  { nodeNames, maxUnavailableGiven: true },
  // @ts-expect-error a number is expected
  { nodeNames, timeoutSeconds: '600' },
  // @ts-expect-error not a percentage
  { nodeNames, maxUnavailable: 'a quarter' },
  // @ts-expect-error not one of the words
  { nodeNames, hostCleanup: 'never' },
  // @ts-expect-error a workload needs a namespace
  { nodeNames, replicaSets: [{ name: 'web' }] },
];

describe('DecommissionRequestInput', () => {
  it('is a type of valid requests', () => {
    expect(VALID.map((request) => parseRequest(request).kind)).toEqual(VALID.map(() => 'valid'));
  });

  it('excludes invalid requests', () => {
    expect(INVALID.map((request) => parseRequest(request).kind)).toEqual(INVALID.map(() => 'invalid'));
  });
});
