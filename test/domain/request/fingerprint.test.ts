import { describe, expect, it } from '@jest/globals';
import type { DecommissionRequest } from '../../../src/domain/request/decommission-request.ts';
import { toRequestFingerprint } from '../../../src/domain/request/fingerprint.ts';
import { decommissionRequest } from '../../builders/decommission-request.ts';

const web = { namespace: 'default', name: 'web' };
const api = { namespace: 'default', name: 'api' };

describe('toRequestFingerprint', () => {
  it.each<[string, Partial<DecommissionRequest>, Partial<DecommissionRequest>]>([
    ['another user', { requestedBy: 'alice' }, { requestedBy: 'bob' }],
    ['another reason', { reason: 'broken fan' }, {}],
    ['nodes in another order', { nodeNames: ['a', 'b'] }, { nodeNames: ['b', 'a'] }],
    ['workloads in another order', { replicaSets: [web, api] }, { replicaSets: [api, web] }],
    ['a workload named twice', { cloneSets: [web, web] }, { cloneSets: [web] }],
    ["each pod's own grace period, written out", { gracePeriodSeconds: -1 }, {}],
  ])('is the same for %s', (_case, first, second) => {
    expect(toRequestFingerprint(decommissionRequest(first))).toBe(toRequestFingerprint(decommissionRequest(second)));
  });

  it('is the same for no bound, written out or absent, and as 0.1 wrote it into memos', () => {
    const { timeoutSeconds: _bound, ...unbound } = decommissionRequest();
    expect(toRequestFingerprint(unbound)).toBe(toRequestFingerprint(decommissionRequest({ timeoutSeconds: 0 })));
    expect(toRequestFingerprint(unbound)).toBe('0d3afd6935628af5');
    expect(toRequestFingerprint(decommissionRequest())).toBe('1c773f3917b8edcf');
  });

  it('does not depend on the order in which the keys were set', () => {
    const request = decommissionRequest();
    const reversed = Object.fromEntries(Object.entries(request).reverse()) as unknown as DecommissionRequest;
    expect(toRequestFingerprint(reversed)).toBe(toRequestFingerprint(request));
  });

  it.each<[string, Partial<DecommissionRequest>]>([
    ['nodeNames', { nodeNames: ['node-2'] }],
    ['taskId', { taskId: '43' }],
    ['cluster', { cluster: 'west' }],
    ['force', { force: true }],
    ['ignoreDaemonSets', { ignoreDaemonSets: false }],
    ['daemonSets', { daemonSets: 'leave' }],
    ['deleteEmptyDirData', { deleteEmptyDirData: true }],
    ['timeoutSeconds', { timeoutSeconds: 600 }],
    ['onTimeout', { onTimeout: 'delete' }],
    ['gracePeriodSeconds', { gracePeriodSeconds: 30 }],
    ['maxUnavailable', { maxUnavailable: 1 }],
    ['maxUnavailable set to the default value', { maxUnavailableGiven: true }],
    ['replicaSets', { replicaSets: [web] }],
    ['an empty list of replicaSets', { replicaSets: [] }],
    ['statefulSets', { statefulSets: [web] }],
    ['cloneSets', { cloneSets: [web] }],
    ['preflight', { preflight: 'warn' }],
    ['assumeAutoscaling', { assumeAutoscaling: true }],
    ['singleReplica', { singleReplica: 'evict' }],
    ['jobs', { jobs: 'waitForCompletion' }],
    ['deadNode', { deadNode: 'outOfService' }],
    ['keepPods', { keepPods: 'app=web' }],
    ['waitForReplacements', { waitForReplacements: false }],
    ['hostCleanup', { hostCleanup: 'required' }],
    ['deleteNode', { deleteNode: false }],
    ['maxConcurrentNodes', { maxConcurrentNodes: 2 }],
    ['maxConcurrentPerZone', { maxConcurrentPerZone: 2 }],
    ['oneZoneAtATime', { oneZoneAtATime: true }],
    ['nodeOrder', { nodeOrder: 'zoneByZone' }],
    ['cordon', { cordon: 'inTurn' }],
    ['stopAfterFailures', { stopAfterFailures: 2 }],
    ['onNodeParked', { onNodeParked: 'stop' }],
    ['windows', { windows: [{ cron: '0 22 * * *', timeZone: 'UTC', durationMinutes: 60 }] }],
    ['onWindowClose', { onWindowClose: 'pause' }],
    ['approval', { approval: 'beforeEviction' }],
    ['dryRun', { dryRun: true }],
  ])('differs when %s differs', (_case, overrides) => {
    expect(toRequestFingerprint(decommissionRequest(overrides))).not.toBe(toRequestFingerprint(decommissionRequest()));
  });

  it('differs for the same list under another key', () => {
    const asReplicaSet = toRequestFingerprint(decommissionRequest({ replicaSets: [web] }));
    expect(toRequestFingerprint(decommissionRequest({ statefulSets: [web] }))).not.toBe(asReplicaSet);
  });
});
