import { describe, expect, it } from '@jest/globals';
import type { DecommissionRequest } from '../../../src/domain/request/decommission-request.ts';
import { parseRequest, toInvalidInputMessage } from '../../../src/domain/request/parse-request.ts';
import { toRequestFingerprint } from '../../../src/domain/request/fingerprint.ts';
import { toDefaultTaskId } from '../../../src/domain/request/task-id.ts';
import { decommissionRequest } from '../../builders/decommission-request.ts';

const parseValid = (input: unknown): DecommissionRequest => {
  const parsed = parseRequest(input);
  if (parsed.kind === 'invalid') {
    throw new Error(toInvalidInputMessage(parsed.problems));
  }
  expect(parsed.fingerprint).toBe(toRequestFingerprint(parsed.request));
  return parsed.request;
};

const base = { nodeNames: ['node-1'], taskId: '42', hostCleanup: 'skip' };
const web = { namespace: 'default', name: 'web' };

describe('a valid request', () => {
  it('gets every default', () => {
    expect(parseValid(base)).toEqual(decommissionRequest());
  });

  it('gets a task id from its cluster and nodes', () => {
    const request = parseValid({ nodeNames: ['b', 'a'], cluster: 'west', hostCleanup: 'skip' });
    expect(request.taskId).toBe(toDefaultTaskId('west', ['a', 'b']));
    expect(request.nodeNames).toEqual(['b', 'a']);
  });

  it.each<[string, Record<string, unknown>, Partial<DecommissionRequest>]>([
    ['taskId as a number', { taskId: 7 }, { taskId: '7' }],
    [
      'taskId that cannot be an annotation key',
      { taskId: 'rack 7' },
      { taskId: expect.stringMatching(/^rack-7-/) as unknown as string },
    ],
    ['requestedBy', { requestedBy: 'alice' }, { requestedBy: 'alice' }],
    ['reason of two lines', { reason: 'broken fan\nticket 12' }, { reason: 'broken fan\nticket 12' }],
    ['requestedBy of 200 characters', { requestedBy: 'a'.repeat(200) }, { requestedBy: 'a'.repeat(200) }],
    ['reason of 2000 characters', { reason: 'a'.repeat(2000) }, { reason: 'a'.repeat(2000) }],
    ['cluster', { cluster: 'eu-west.1' }, { cluster: 'eu-west.1' }],
    ['cluster as a number', { cluster: 7 }, { cluster: '7' }],
    ['force', { force: true }, { force: true }],
    ['ignoreDaemonSets', { ignoreDaemonSets: false }, { ignoreDaemonSets: false }],
    ['daemonSets', { daemonSets: 'leave' }, { daemonSets: 'leave' }],
    ['deleteEmptyDirData', { deleteEmptyDirData: true }, { deleteEmptyDirData: true }],
    ['timeoutSeconds of a year', { timeoutSeconds: 31_536_000 }, { timeoutSeconds: 31_536_000 }],
    ['gracePeriodSeconds 1', { gracePeriodSeconds: 1 }, { gracePeriodSeconds: 1 }],
    ['maxUnavailable 1', { maxUnavailable: 1 }, { maxUnavailable: 1, maxUnavailableGiven: true }],
    ['maxUnavailable 1%', { maxUnavailable: '1%' }, { maxUnavailable: '1%', maxUnavailableGiven: true }],
    ['maxUnavailable 100%', { maxUnavailable: '100%' }, { maxUnavailable: '100%', maxUnavailableGiven: true }],
    [
      'maxUnavailable with the default value',
      { maxUnavailable: '25%' },
      { maxUnavailable: '25%', maxUnavailableGiven: true },
    ],
    ['replicaSets', { replicaSets: [web] }, { replicaSets: [web] }],
    ['an empty list', { replicaSets: [] }, { replicaSets: [] }],
    [
      'keepPods',
      { keepPods: 'app=web,!canary', deleteNode: false },
      { keepPods: 'app=web,!canary', deleteNode: false },
    ],
    ['preflight', { preflight: 'warn' }, { preflight: 'warn' }],
    ['assumeAutoscaling', { assume_autoscaling: true }, { assumeAutoscaling: true }],
    ['singleReplica', { singleReplica: 'evict' }, { singleReplica: 'evict' }],
    ['deleteNode', { deleteNode: false }, { deleteNode: false }],
    ['maxConcurrentNodes', { maxConcurrentNodes: 3 }, { maxConcurrentNodes: 3 }],
    ['maxConcurrentNodes as a percentage', { max_concurrent_nodes: '10%' }, { maxConcurrentNodes: '10%' }],
    ['maxConcurrentPerZone', { maxConcurrentPerZone: 2 }, { maxConcurrentPerZone: 2 }],
    ['oneZoneAtATime', { one_zone_at_a_time: true }, { oneZoneAtATime: true }],
    ['nodeOrder', { nodeOrder: 'zoneByZone' }, { nodeOrder: 'zoneByZone' }],
    ['cordon', { cordon: 'inTurn' }, { cordon: 'inTurn' }],
    ['stopAfterFailures', { stopAfterFailures: 2 }, { stopAfterFailures: 2 }],
    ['jobs', { jobs: 'waitForCompletion' }, { jobs: 'waitForCompletion' }],
    ['waitForReplacements', { wait_for_replacements: false }, { waitForReplacements: false }],
    ['deadNode', { deadNode: 'outOfService' }, { deadNode: 'outOfService' }],
    ['onNodeParked', { onNodeParked: 'continue' }, { onNodeParked: 'continue' }],
    ['onWindowClose', { onWindowClose: 'pause' }, { onWindowClose: 'pause' }],
    ['approval', { approval: 'none' }, { approval: 'none' }],
    ['dryRun', { dryRun: true }, { dryRun: true }],
  ])('keeps %s', (_case, given, expected) => {
    expect(parseValid({ ...base, ...given })).toEqual(decommissionRequest(expected));
  });

  it.each([
    ['timeoutSeconds', { timeoutSeconds: 0 }],
    ['timeoutSeconds', { timeout: 0 }],
    ['gracePeriodSeconds', { gracePeriodSeconds: -1 }],
    ['gracePeriodSeconds', {}],
  ])('has no %s when the caller writes %j', (key, given) => {
    expect(parseValid({ ...base, ...given })).not.toHaveProperty(key);
  });

  it.each<[string, Record<string, unknown>]>([
    ['snake case', { node_names: ['node-1'], task_id: '42', host_cleanup: 'skip' }],
    ['the older names', { Nodenames: ['node-1'], id: 42, hostCleanup: 'skip' }],
    ['undefined values', { ...base, force: undefined, replicaSets: undefined }],
    ['null beside another spelling of the same key', { ...base, node_names: null }],
  ])('is the same in %s', (_case, input) => {
    expect(parseValid(input)).toEqual(decommissionRequest());
  });

  it('treats null, as Go clients send it, as absent for every key', () => {
    const absent = Object.fromEntries(
      [
        [
          'task_id',
          'requestedBy',
          'reason',
          'cluster_id',
          'force',
          'ignore_daemonsets',
          'delete_local_data',
          'timeout',
        ],
        ['grace_period_seconds', 'max_unavailable', 'replica_set_list', 'stateful_set_list', 'clone_set_list'],
        ['preflight', 'singleReplica', 'deleteNode', 'maxConcurrentNodes', 'approval', 'dryRun'],
        ['maxConcurrentPerZone', 'oneZoneAtATime', 'nodeOrder', 'cordon', 'stopAfterFailures', 'onNodeParked'],
        ['windows', 'onWindowClose'],
      ].flatMap((keys) => keys.map((key) => [key, null])),
    ) as Record<string, null>;
    const request = parseValid({ ...absent, nodeNames: ['node-1'], hostCleanup: 'skip' });
    expect(request).toEqual(decommissionRequest({ taskId: toDefaultTaskId('default', ['node-1']) }));
  });

  it('does not change its input', () => {
    const input = Object.freeze({ ...base, nodeNames: Object.freeze(['b', 'a']) });
    expect(parseValid(input).nodeNames).toEqual(['b', 'a']);
  });
});

describe('toInvalidInputMessage', () => {
  const problems = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ key: `key${index}`, message: `problem ${index}` }));

  it.each([
    [1, 'The request is invalid, and nothing was changed: problem 0'],
    [2, 'The request is invalid, and nothing was changed: (1) problem 0; (2) problem 1'],
    [
      8,
      'The request is invalid, and nothing was changed: (1) problem 0; (2) problem 1; (3) problem 2; (4) problem 3; (5) problem 4; and 3 more',
    ],
  ])('lists %d problems', (count, expected) => {
    expect(toInvalidInputMessage(problems(count))).toBe(expected);
  });
});
