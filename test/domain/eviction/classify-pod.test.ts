import { describe, expect, it } from '@jest/globals';
import type { PodFacts } from '../../../src/domain/cluster/facts.ts';
import type { PodDisposition } from '../../../src/domain/plan/decommission-plan.ts';
import { classifyPod, comparePods, type PodConsents } from '../../../src/domain/eviction/classify-pod.ts';
import { barePod, owner, pod } from '../../builders/pod.ts';
import { countlessWorkload, replicaSet, workload, workloadIndex } from '../../builders/workload.ts';

const force = { force: true };
const ignoreDaemonSets = { ignoreDaemonSets: true };
const deleteEmptyDirData = { deleteEmptyDirData: true };
const nothing: PodConsents = { force: false, ignoreDaemonSets: false, deleteEmptyDirData: false };

const index = workloadIndex(
  replicaSet(),
  workload(),
  workload({ apiVersion: 'v1', kind: 'ReplicationController', name: 'rc' }),
  countlessWorkload('apps/v1', 'DaemonSet', 'ds'),
  countlessWorkload('apps.kruise.io/v1alpha1', 'DaemonSet', 'advanced'),
  countlessWorkload('example.com/v1', 'DaemonSet', 'other'),
  countlessWorkload('batch/v1', 'Job', 'job'),
);
const goneIndex = { 'uid-DaemonSet-ds': null, 'uid-ReplicaSet-web-1': null };

const emptyDirVolumes = ['scratch'];
const daemonSetPod = (overrides: Partial<PodFacts> = {}): PodFacts =>
  pod({ name: 'ds-a', controller: owner('apps/v1', 'DaemonSet', 'ds'), ...overrides });
const jobPod = (overrides: Partial<PodFacts> = {}): PodFacts =>
  pod({ name: 'job-a', controller: owner('batch/v1', 'Job', 'job'), emptyDirVolumes, ...overrides });
const deletionTimestamp = '2026-01-01T00:00:00Z';

describe("classifyPod on kubectl's table", () => {
  it.each<[string, PodFacts, Partial<PodConsents>, PodDisposition]>([
    ['D1 pod of a ReplicationController', pod({ controller: owner('v1', 'ReplicationController', 'rc') }), {}, 'evict'],
    ['D2 live DaemonSet pod', daemonSetPod(), {}, 'refuse'],
    ['D3 DaemonSet pod that has succeeded', daemonSetPod({ phase: 'Succeeded' }), {}, 'evict'],
    ['D4 orphaned DaemonSet pod', barePod({ name: 'ds-a' }), {}, 'refuse'],
    ['D5 the same with force', barePod({ name: 'ds-a' }), force, 'evict'],
    ['D6 live DaemonSet pod, ignored', daemonSetPod(), ignoreDaemonSets, 'stay'],
    ['D7 live DaemonSet pod with emptyDir, ignored', daemonSetPod({ emptyDirVolumes }), ignoreDaemonSets, 'stay'],
    ['D8 Job pod with emptyDir, both consents', jobPod(), { ...force, ...deleteEmptyDirData }, 'evict'],
    ['D9 Job pod with emptyDir that has succeeded', jobPod({ phase: 'Succeeded' }), {}, 'evict'],
    ['D10 pod of a ReplicaSet', pod(), {}, 'evict'],
    ['D11 bare pod', barePod(), {}, 'refuse'],
    ['D12 bare pod with force', barePod(), force, 'evict'],
    ['D13 bare pod with emptyDir, force only', barePod({ emptyDirVolumes }), force, 'refuse'],
    ['D14 bare pod with emptyDir that has failed', barePod({ emptyDirVolumes, phase: 'Failed' }), {}, 'evict'],
    [
      'D15 bare pod with emptyDir, both consents',
      barePod({ emptyDirVolumes }),
      { ...force, ...deleteEmptyDirData },
      'evict',
    ],
  ])('%s', (_name, given, consents, expected) => {
    expect(classifyPod(given, index, { ...nothing, ...consents }).disposition).toBe(expected);
  });
});

describe("classifyPod beyond kubectl's table", () => {
  it.each<[string, PodFacts, Partial<PodConsents>, PodDisposition]>([
    ['L2: a bare pod that the request keeps stays', barePod({ emptyDirVolumes }), { keepPods: 'app=bare' }, 'stay'],
    ['a terminating pod that the request keeps stays', pod({ deletionTimestamp }), { keepPods: 'app' }, 'stay'],
    ['a DaemonSet pod that the request keeps stays', daemonSetPod(), { keepPods: 'app in (web)' }, 'stay'],
    ['L2: a pod that keepPods does not match leaves', pod(), { keepPods: 'app=web,tier' }, 'evict'],
    ['a pod of a Job that ends first loses no data', jobPod(), { jobs: 'waitForCompletion' }, 'evict'],
    [
      'a pod of a Job that is deleted at the limit loses data',
      jobPod(),
      { jobs: 'waitForCompletion', onTimeout: 'delete' },
      'refuse',
    ],
    ['G1: a mirror pod stays', pod({ mirror: true, controller: owner('v1', 'Node', 'node-1') }), {}, 'stay'],
    ['G1: a terminating mirror pod stays', pod({ mirror: true, deletionTimestamp }), {}, 'stay'],
    ['L1: a pod that is not deleted leaves', pod(), {}, 'evict'],
    ['L1: the drain waits for a terminating pod', pod({ deletionTimestamp }), {}, 'wait'],
    [
      'L1: also for one whose grace period ended long ago',
      pod({ deletionTimestamp: '2020-01-01T00:00:00Z' }),
      {},
      'wait',
    ],
    ['a terminating bare pod needs no consent', barePod({ deletionTimestamp, emptyDirVolumes }), {}, 'wait'],
    ['a terminating DaemonSet pod stays', daemonSetPod({ deletionTimestamp }), ignoreDaemonSets, 'stay'],
    ['the drain waits for a finished pod that is terminating', pod({ phase: 'Failed', deletionTimestamp }), {}, 'wait'],
    ['force alone does not evict a live DaemonSet pod', daemonSetPod(), force, 'refuse'],
    [
      'any version of apps is a DaemonSet',
      daemonSetPod({ controller: owner('apps/v1beta2', 'DaemonSet', 'ds') }),
      ignoreDaemonSets,
      'stay',
    ],
    [
      'G3: the DaemonSet of OpenKruise is a DaemonSet',
      pod({ controller: owner('apps.kruise.io/v1alpha1', 'DaemonSet', 'advanced') }),
      ignoreDaemonSets,
      'stay',
    ],
    [
      'the DaemonSet of another group is an ordinary owner',
      pod({ controller: owner('example.com/v1', 'DaemonSet', 'other') }),
      ignoreDaemonSets,
      'evict',
    ],
    ['emptyDir without consent is refused', pod({ emptyDirVolumes }), {}, 'refuse'],
    ['a pending pod is evicted', pod({ phase: 'Pending', ready: false }), {}, 'evict'],
  ])('%s', (_name, given, consents, expected) => {
    expect(classifyPod(given, index, { ...nothing, ...consents }).disposition).toBe(expected);
  });

  it.each<[string, PodFacts, Partial<PodConsents>, PodDisposition]>([
    ['G2: a DaemonSet pod whose DaemonSet no longer exists is bare', daemonSetPod(), ignoreDaemonSets, 'refuse'],
    ['G2: and is evicted with force', daemonSetPod(), { ...ignoreDaemonSets, ...force }, 'evict'],
    ['a pod whose ReplicaSet no longer exists is bare', pod(), {}, 'refuse'],
  ])('%s', (_name, given, consents, expected) => {
    const classification = classifyPod(given, goneIndex, { ...nothing, ...consents });

    expect(classification.disposition).toBe(expected);
    expect(classification.isBare).toBe(true);
  });

  it('lists every reason and every override, not only the last', () => {
    expect(classifyPod(barePod({ emptyDirVolumes: ['scratch', 'cache'] }), index, nothing)).toEqual({
      disposition: 'refuse',
      reason:
        'the data in its emptyDir volumes is lost: scratch, cache; it has no controller, so it is not recreated (to proceed anyway, set deleteEmptyDirData: true, force: true)',
      code: 'EmptyDirData',
      override: 'deleteEmptyDirData: true, force: true',
      isBare: true,
      isDaemonSetPod: false,
      objections: [
        expect.objectContaining({ code: 'EmptyDirData', consented: false }),
        expect.objectContaining({ code: 'BarePod', consented: false }),
      ],
    });
  });

  it('keeps the objections when the request allows them', () => {
    const classification = classifyPod(barePod({ emptyDirVolumes }), index, {
      ...nothing,
      ...force,
      ...deleteEmptyDirData,
    });

    expect(classification.reason).toBe(
      'the data in its emptyDir volumes is lost: scratch; it has no controller, so it is not recreated',
    );
    expect(classification.objections.map(({ code, consented }) => [code, consented])).toEqual([
      ['EmptyDirData', true],
      ['BarePod', true],
    ]);
    expect(classification.code).toBeUndefined();
  });

  it('gives no reason for a plain eviction', () => {
    expect(classifyPod(pod(), index, nothing)).toMatchObject({ disposition: 'evict', reason: '', objections: [] });
  });
});

describe('comparePods', () => {
  it('sorts by namespace, name and UID', () => {
    const pods = [
      pod({ namespace: 'b', name: 'a', uid: '1' }),
      pod({ namespace: 'a', name: 'b', uid: '2' }),
      pod({ namespace: 'a', name: 'a', uid: '4' }),
      pod({ namespace: 'a', name: 'a', uid: '3' }),
    ];

    expect(pods.sort(comparePods).map(({ uid }) => uid)).toEqual(['3', '4', '2', '1']);
  });
});
