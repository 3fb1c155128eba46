import { describe, expect, it } from '@jest/globals';
import type { PodFacts, WorkloadFacts } from '../../../src/domain/cluster/facts.ts';
import { judgeOwnerLimit, toOwnerLimit, type LimitedWorkload } from '../../../src/domain/eviction/owner-limit.ts';
import type { CountOrPercent, DecommissionRequest } from '../../../src/domain/request/decommission-request.ts';
import { decommissionRequest } from '../../builders/decommission-request.ts';
import { pod } from '../../builders/pod.ts';
import { countlessWorkload, unreadableWorkload, workload } from '../../builders/workload.ts';

const WEB = { namespace: 'shop', name: 'web' };
const given = (maxUnavailable: CountOrPercent): Partial<DecommissionRequest> => ({
  maxUnavailable,
  maxUnavailableGiven: true,
});
const NONE = { replicaSets: [], statefulSets: [], cloneSets: [] };

describe('toOwnerLimit', () => {
  it.each<[string, WorkloadFacts | undefined, Partial<DecommissionRequest>, CountOrPercent | undefined]>([
    ['a Deployment: the setting', workload({ replicas: 10 }), {}, '25%'],
    ['a StatefulSet: one pod', workload({ kind: 'StatefulSet' }), {}, 1],
    ['a StatefulSet: what the caller gave', workload({ kind: 'StatefulSet' }), given(2), 2],
    ["an operator's kind without a replica count: one pod", countlessWorkload('x.io/v1', 'Brokers', 'b'), {}, 1],
    ['an owner that may not be read: one pod', unreadableWorkload('x.io/v1', 'Brokers', 'b'), {}, 1],
    ['a workload that the lists leave out: the setting', workload(), { replicaSets: [WEB] }, '25%'],
    ['one empty list: the setting', workload(), { replicaSets: [] }, '25%'],
    ['three empty lists: none', workload(), NONE, undefined],
    ['one replica: none', workload({ replicas: 1 }), {}, undefined],
    ['no replica: none', workload({ replicas: 0 }), {}, undefined],
    ['as many replicas as may be missing: none', workload({ replicas: 3 }), given(3), undefined],
    ['a Job: none', countlessWorkload('batch/v1', 'Job', 'import'), {}, undefined],
    ['a DaemonSet: none', countlessWorkload('apps/v1', 'DaemonSet', 'agent'), {}, undefined],
    ['a DaemonSet of OpenKruise: none', countlessWorkload('apps.kruise.io/v1', 'DaemonSet', 'agent'), {}, undefined],
    ['a bare pod: none', undefined, {}, undefined],
  ])('%s', (_name, of, request, expected) => {
    expect(toOwnerLimit(of, decommissionRequest(request))).toBe(expected);
  });
});

describe('judgeOwnerLimit', () => {
  const THIS = pod({ name: 'this' });
  /** `this` and others, all of them Ready. */
  const facts = (readyCount: number, overrides: Partial<LimitedWorkload> = {}): LimitedWorkload => ({
    name: 'Deployment shop/web',
    wantedCount: 10,
    readyUids: new Set([THIS.uid, ...Array.from({ length: readyCount - 1 }, (_, index) => `uid-${index}`)]),
    sentUids: [],
    ...overrides,
  });
  const isWaiting = (each: PodFacts, limit: CountOrPercent, state: LimitedWorkload): boolean =>
    judgeOwnerLimit(each, limit, state).kind === 'wait';

  it.each<[string, boolean, PodFacts, CountOrPercent, LimitedWorkload]>([
    ['all Ready', false, THIS, '25%', facts(10)],
    ['one less than allowed is missing', false, THIS, '25%', facts(8)],
    ['as many as allowed are missing', true, THIS, '25%', facts(7)],
    ['one less, and an eviction does not show yet', true, THIS, '25%', facts(8, { sentUids: ['uid-0'] })],
    ['one less, and an earlier eviction shows', false, THIS, '25%', facts(8, { sentUids: ['uid-gone'] })],
    ['one less, and its own eviction had no response', false, THIS, '25%', facts(8, { sentUids: [THIS.uid] })],
    ['a number: as many as allowed are missing', true, THIS, 4, facts(6)],
    ['a number: one less', false, THIS, 4, facts(7)],
    ['none is Ready, and this one is not either', false, pod({ ready: false }), 1, facts(1, { readyUids: new Set() })],
    ['too few are Ready, and this one is Pending', false, pod({ phase: 'Pending' }), 1, facts(2)],
    ['too few are Ready, and this one has ended', false, pod({ phase: 'Succeeded' }), 1, facts(2)],
    ['too few are Ready, and this one is', true, THIS, 1, facts(2)],
    ['a single replica', false, THIS, '25%', facts(1, { wantedCount: 1 })],
    ['a pod beyond a single replica, as in a rollout', false, THIS, '25%', facts(2, { wantedCount: 1 })],
    ['scaled to zero', false, THIS, '25%', facts(2, { wantedCount: 0 })],
    ['scaled down to what is Ready', false, THIS, '25%', facts(4, { wantedCount: 4 })],
  ])('%s: waits %s', (_name, expected, each, limit, state) => {
    expect(isWaiting(each, limit, state)).toBe(expected);
  });

  it.each<[string, CountOrPercent, LimitedWorkload, string]>([
    [
      'a percentage and the number that it allows',
      '25%',
      facts(7),
      'Deployment shop/web has 7 of 10 pods Ready, and maxUnavailable (25%) allows 3 to be missing',
    ],
    [
      'evictions that do not show yet',
      1,
      facts(10, { sentUids: ['uid-0'] }),
      'Deployment shop/web has 10 of 10 pods Ready (1 just evicted), and maxUnavailable allows 1 to be missing',
    ],
  ])('the reason has %s', (_name, limit, state, message) => {
    expect(judgeOwnerLimit(THIS, limit, state)).toEqual({ kind: 'wait', workload: 'Deployment shop/web', message });
  });
});
