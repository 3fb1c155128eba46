import { describe, expect, it } from '@jest/globals';
import type { PodFacts, WorkloadFacts } from '../../../src/domain/cluster/facts.ts';
import type { WorkloadIndex } from '../../../src/domain/cluster/workload-index.ts';
import {
  findNewerTemplate,
  toRecreatedTemplate,
  withoutRunningState,
} from '../../../src/domain/scheduling/recreated-template.ts';
import type { SchedulerObject } from '../../../src/domain/scheduling/scheduler-facts.ts';
import { toRescheduling } from '../../../src/domain/scheduling/rescheduling.ts';
import { node } from '../../builders/node.ts';
import { owner, pod } from '../../builders/pod.ts';
import { schedulerFacts } from '../../builders/observed-scheduler-facts.ts';
import { replicaSet, workload, workloadIndex } from '../../builders/workload.ts';

const template = (spec: object, labels: Record<string, string> = { app: 'web' }): SchedulerObject => ({
  metadata: { labels },
  spec,
});
const old = template({ containers: [{ name: 'c' }] });
const ofReplicaSet = template({ containers: [{ name: 'c' }] }, { app: 'web', 'pod-template-hash': '1' });
const newer = template({ containers: [{ name: 'c' }], nodeSelector: { zone: 'b' } });

const deployment = (podTemplate: SchedulerObject | undefined): WorkloadIndex =>
  workloadIndex(replicaSet({ podTemplate: ofReplicaSet }), workload(podTemplate === undefined ? {} : { podTemplate }));

const statefulSet = (overrides: Partial<WorkloadFacts> = {}): WorkloadIndex =>
  workloadIndex(workload({ kind: 'StatefulSet', podTemplate: newer, updateRevision: 'web-2', ...overrides }));

const ofStatefulSet = (name: string, revision = 'web-1'): Partial<PodFacts> => ({
  name,
  controller: owner('apps/v1', 'StatefulSet', 'web'),
  labels: { 'controller-revision-hash': revision },
});

describe('findNewerTemplate', () => {
  it.each<[string, Partial<PodFacts>, WorkloadIndex, SchedulerObject | undefined]>([
    ['a Deployment with a newer template', {}, deployment(newer), newer],
    ['a Deployment whose template only lacks the hash', {}, deployment(old), undefined],
    ['a Deployment whose rollout is paused, or without a template', {}, deployment(undefined), undefined],
    ['owners that were not read', {}, {}, undefined],
    ['a StatefulSet with a newer revision', ofStatefulSet('web-3'), statefulSet(), newer],
    ['a StatefulSet of the same revision', ofStatefulSet('web-3', 'web-2'), statefulSet(), undefined],
    ['a pod below the partition', ofStatefulSet('web-3'), statefulSet({ firstUpdatedOrdinal: 4 }), undefined],
    ['a pod at the partition', ofStatefulSet('web-4'), statefulSet({ firstUpdatedOrdinal: 4 }), newer],
    [
      'a ReplicaSet without a Deployment: its template may be edited, but not compared',
      {},
      workloadIndex(workload({ kind: 'ReplicaSet', name: 'web-1', podTemplate: newer })),
      undefined,
    ],
  ])('%s', (_name, overrides, index, expected) => {
    expect(findNewerTemplate(pod(overrides), index)).toEqual(expected);
  });
});

describe('toRecreatedTemplate', () => {
  it('keeps of the pod what admission derived, and the identity and claims of a StatefulSet', () => {
    const own = template(
      {
        priority: 9,
        nodeSelector: { zone: 'a' },
        volumes: [
          { persistentVolumeClaim: { claimName: 'data-web-3' } },
          { persistentVolumeClaim: { claimName: 'shared' } },
        ],
      },
      { app: 'old', 'apps.kubernetes.io/pod-index': '3', 'controller-revision-hash': 'web-1' },
    );
    const ofOwner = template({ containers: [], volumes: [{ persistentVolumeClaim: { claimName: 'other' } }] });

    expect(toRecreatedTemplate({ name: 'web-3' }, own, ofOwner)).toEqual({
      metadata: { labels: { app: 'web', 'apps.kubernetes.io/pod-index': '3' } },
      spec: {
        priority: 9,
        containers: [],
        volumes: [
          { persistentVolumeClaim: { claimName: 'other' } },
          { persistentVolumeClaim: { claimName: 'data-web-3' } },
        ],
      },
    });
  });
});

describe('withoutRunningState', () => {
  it.each<[string, SchedulerObject, SchedulerObject]>([
    ['a resize', { ...old, status: { allocatedResources: { cpu: '2' } } }, old],
    [
      'all but the names of generated claims',
      { ...old, status: { resourceClaimStatuses: [{ name: 'gpu' }], resources: {} } },
      { ...old, status: { resourceClaimStatuses: [{ name: 'gpu' }] } },
    ],
    [
      'the zone and the region of the node',
      template(
        { containers: [{ name: 'c' }] },
        { app: 'web', 'topology.kubernetes.io/zone': 'a', 'topology.kubernetes.io/region': 'b' },
      ),
      old,
    ],
    ['nothing', old, old],
  ])('leaves out %s', (_name, own, expected) => {
    expect(withoutRunningState(own)).toEqual(expected);
  });
});

describe('toRescheduling', () => {
  it('adds a template of an owner once, and marks its pods', () => {
    const pods = [pod({ name: 'a' }), pod({ name: 'b' })];
    const nodes = [node(), node({ name: 'node-2' })];
    const { moving, scheduling } = toRescheduling({
      nodes,
      pods,
      podsToMove: pods,
      workloads: deployment(newer),
      scheduling: schedulerFacts(nodes, pods),
      removedNodeNames: ['node-1'],
      deletesNodes: true,
    });

    expect(moving.map(({ template, isFromOwner }) => [template, isFromOwner])).toEqual([
      [2, true],
      [2, true],
    ]);
    expect(scheduling.templates[2]).toMatchObject({ spec: { nodeSelector: { zone: 'b' }, priority: 0 } });
  });
});
