import type { V1Pod, V1PodSpec } from '@kubernetes/client-node';
import { describe, expect, it } from '@jest/globals';
import type { NodeSelectorRequirement, PodFacts } from '../../../src/domain/cluster/facts.ts';
import { toPodFacts } from '../../../src/kube/facts/to-pod-facts.ts';
import type { Wire } from '../../../src/kube/transport/wire.ts';

const withSpec = (spec: Partial<Wire<V1PodSpec>>): Wire<V1Pod> => ({
  metadata: { namespace: 'default', name: 'web-0', uid: 'uid-1', resourceVersion: '7' },
  spec: { containers: [], ...spec },
});

const IN_ZONE_A: NodeSelectorRequirement = { key: 'zone', operator: 'In', values: ['a'] };
const terms = [{ matchExpressions: [IN_ZONE_A] }];
const podTerm = { topologyKey: 'kubernetes.io/hostname' };

describe('toPodFacts', () => {
  it('fills in the fields that the API omits', () => {
    expect(toPodFacts({ metadata: { name: 'a' } })).toEqual({
      ips: [],
      namespace: '',
      name: 'a',
      uid: '',
      resourceVersion: '',
      nodeName: '',
      phase: 'Unknown',
      ready: false,
      finalizers: [],
      labels: {},
      annotations: {},
      mirror: false,
      tolerations: [],
      nodeSelector: {},
      requiredPodAffinity: [],
      requiredSpreadKeys: [],
      requests: {},
      hostNetwork: false,
      emptyDirVolumes: [],
      persistentVolumeClaims: [],
      ephemeralClaims: [],
      inlineDisks: [],
      schedulerName: 'default-scheduler',
      schedulingGated: false,
      priority: 0,
      priorityClassName: '',
      terminationGracePeriodSeconds: 30,
      waitingReason: '',
    });
  });

  it.each<[string, Partial<Wire<V1PodSpec>>, Partial<PodFacts>]>([
    ['its node', { nodeName: 'node-1' }, { nodeName: 'node-1' }],
    [
      'a toleration with defaults',
      { tolerations: [{ key: 'a' }, { operator: 'Exists', effect: 'NoExecute' }] },
      {
        tolerations: [
          { key: 'a', operator: 'Equal', value: '', effect: '' },
          { key: '', operator: 'Exists', value: '', effect: 'NoExecute' },
        ],
      },
    ],
    [
      'required node affinity',
      { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } } } },
      { requiredNodeAffinity: [{ matchExpressions: [IN_ZONE_A], matchFields: [] }] },
    ],
    [
      'required pod affinity, in its own namespace by default',
      {
        affinity: {
          podAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: [
              { ...podTerm, labelSelector: { matchLabels: { app: 'cache' } } },
              { ...podTerm, namespaces: ['shop'] },
              { ...podTerm, namespaceSelector: {} },
            ],
          },
        },
      },
      {
        requiredPodAffinity: [
          {
            ...podTerm,
            selector: { matchLabels: { app: 'cache' }, matchExpressions: [] },
            namespaces: ['default'],
          },
          { ...podTerm, namespaces: ['shop'] },
          podTerm,
        ],
      },
    ],
    [
      'preferred pod affinity as no requirement',
      {
        affinity: {
          podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: podTerm }] },
        },
      },
      { requiredPodAffinity: [] },
    ],
    [
      'a hard topology spread, and no soft one',
      {
        topologySpreadConstraints: [
          { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' },
          { maxSkew: 1, topologyKey: 'rack', whenUnsatisfiable: 'ScheduleAnyway' },
        ],
      },
      { requiredSpreadKeys: ['zone'] },
    ],
    [
      'its volumes',
      {
        volumes: [
          { name: 'scratch', emptyDir: {} },
          { name: 'data', persistentVolumeClaim: { claimName: 'data-0' } },
          { name: 'tmp', ephemeral: {} },
          { name: 'cfg', configMap: {} },
        ],
      },
      { emptyDirVolumes: ['scratch'], persistentVolumeClaims: ['data-0', 'web-0-tmp'], ephemeralClaims: ['web-0-tmp'] },
    ],
    ['a scheduling gate', { schedulingGates: [{ name: 'wait' }] }, { schedulingGated: true }],
    [
      'scheduler, priority and grace period',
      { schedulerName: 's', priority: 9, priorityClassName: 'high', terminationGracePeriodSeconds: 5 },
      { schedulerName: 's', priority: 9, priorityClassName: 'high', terminationGracePeriodSeconds: 5 },
    ],
    [
      'its requests',
      { containers: [{ name: 'c', resources: { requests: { cpu: '1' } } }] },
      { requests: { cpu: 1000 } },
    ],
  ])('reads %s', (_name, spec, expected) => {
    expect(toPodFacts(withSpec(spec))).toMatchObject(expected);
  });

  it('reads metadata: the controlling owner, the mirror annotation, the deletion', () => {
    const facts = toPodFacts({
      metadata: {
        name: 'a',
        deletionTimestamp: '2026-01-01T00:00:30Z',
        deletionGracePeriodSeconds: 30,
        finalizers: ['example.com/hold'],
        annotations: { 'kubernetes.io/config.mirror': 'hash' },
        ownerReferences: [
          { apiVersion: 'v1', kind: 'ConfigMap', name: 'c', uid: 'u1' },
          { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'r', uid: 'u2', controller: true },
        ],
      },
    });
    expect(facts).toMatchObject({
      deletionTimestamp: '2026-01-01T00:00:30Z',
      deletionGracePeriodSeconds: 30,
      finalizers: ['example.com/hold'],
      mirror: true,
      controller: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'r', uid: 'u2', controller: true },
    });
  });

  it('reads status: phase, readiness and the first waiting reason, init containers first', () => {
    const waiting = (reason: string): object => ({ name: 'c', state: { waiting: { reason } } });
    const status = {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'True' }],
      initContainerStatuses: [{ name: 'i', state: { running: {} } }],
      containerStatuses: [waiting('CrashLoopBackOff'), waiting('ImagePullBackOff')],
    } as unknown as Wire<V1Pod>['status'] & object;
    expect(toPodFacts({ status })).toMatchObject({ phase: 'Running', ready: true, waitingReason: 'CrashLoopBackOff' });
  });

  it.each<[string, object, true | undefined]>([
    ['all have ended', { containerStatuses: [{ state: { terminated: {} } }] }, true],
    ['one runs', { containerStatuses: [{ state: { terminated: {} } }, { state: { running: {} } }] }, undefined],
    [
      'a sidecar runs',
      { containerStatuses: [{ state: { terminated: {} } }], initContainerStatuses: [{ state: { running: {} } }] },
      undefined,
    ],
    ['none is reported', {}, undefined],
  ])('reads whether its containers have ended: %s', (_name, status, containersEnded) => {
    expect(toPodFacts({ status }).containersEnded).toBe(containersEnded);
  });

  it('reads the names of containers with a preStop hook', () => {
    const lifecycle = { preStop: { sleep: { seconds: 5 } } };
    const spec = { containers: [{ name: 'web', lifecycle }, { name: 'proxy' }] };
    expect(toPodFacts({ spec }).preStopContainers).toEqual(['web']);
  });

  it.each<[string, object, number | undefined]>([
    ['it is Ready', {}, 42],
    ['it became Ready within the second', { readyAt: '2026-01-01T00:00:00Z' }, 1],
    ['it is not Ready', { ready: 'False' }, undefined],
    ['the clock of its node is late', { readyAt: '2025-12-31T23:59:00Z' }, undefined],
    ['a container has restarted', { restartCount: 1 }, undefined],
    ['it has no time of creation', { createdAt: undefined }, undefined],
  ])('reads how long it needed to become Ready when %s', (_name, overrides, secondsToReady) => {
    const { ready, readyAt, restartCount, createdAt } = {
      ready: 'True',
      readyAt: '2026-01-01T00:00:42Z',
      restartCount: 0,
      createdAt: '2026-01-01T00:00:00Z',
      ...overrides,
    };
    const wire = {
      metadata: { name: 'a', creationTimestamp: createdAt },
      status: {
        conditions: [{ type: 'Ready', status: ready, lastTransitionTime: readyAt }],
        containerStatuses: [{ name: 'c', restartCount }],
      },
    } as unknown as Wire<V1Pod>;
    expect(toPodFacts(wire).secondsToReady).toBe(secondsToReady);
  });

  it.each([
    [
      'found no node',
      { status: 'False', reason: 'Unschedulable', message: '0/2 nodes are available.' },
      '0/2 nodes are available.',
    ],
    ['found one', { status: 'True' }, undefined],
  ])('reads that the scheduler %s', (_name, condition, unschedulableMessage) => {
    const status = {
      phase: 'Pending',
      conditions: [{ type: 'PodScheduled', ...condition }],
    } as unknown as Wire<V1Pod>['status'] & object;
    expect(toPodFacts({ status }).unschedulableMessage).toBe(unschedulableMessage);
  });
});
