import type { V1Pod, V1PodSpec } from '@kubernetes/client-node';
import { describe, expect, it } from '@jest/globals';
import { TemplatePool } from '../../../src/domain/scheduling/template-pool.ts';
import { toPodTemplate } from '../../../src/kube/scheduling/to-pod-template.ts';
import type { Wire } from '../../../src/kube/transport/wire.ts';

const withSpec = (spec: Partial<Wire<V1PodSpec>>): Wire<V1Pod> => ({ spec: { containers: [], ...spec } });
const requests = { cpu: '1' };
const container = { name: 'c', resources: { requests } };

const podOf = (name: string, tokenVolume: string): Wire<V1Pod> => ({
  metadata: {
    namespace: 'default',
    name,
    uid: `uid-${name}`,
    labels: { app: 'web', 'pod-template-hash': '1' },
    annotations: { checksum: 'x' },
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-1', uid: 'u' }],
  },
  spec: {
    nodeName: 'node-1',
    serviceAccountName: 'default',
    containers: [
      {
        ...container,
        image: 'nginx:1',
        command: ['nginx'],
        ports: [{ containerPort: 80 }, { containerPort: 81, hostPort: 81 }],
        volumeMounts: [{ name: tokenVolume, mountPath: '/var/run' }],
      },
    ],
    volumes: [{ name: tokenVolume, projected: {} }],
  },
  status: { phase: 'Running', podIP: '10.0.0.1', containerStatuses: [] },
});

describe('toPodTemplate', () => {
  it('has what the scheduler reads, and nothing of one pod', () => {
    expect(toPodTemplate(podOf('web-1-a', 'kube-api-access-abcde'))).toEqual({
      metadata: { labels: { app: 'web', 'pod-template-hash': '1' } },
      spec: { containers: [{ ...container, image: 'nginx:1', ports: [{ containerPort: 81, hostPort: 81 }] }] },
    });
  });

  const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
  it.each<[string, Partial<Wire<V1PodSpec>>]>([
    ['affinity', { affinity: { podAntiAffinity: { [REQUIRED]: [{ topologyKey: 'zone' }] } } }],
    ['topology spread', { topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'z', whenUnsatisfiable: 'x' }] }],
    ['selector and tolerations', { nodeSelector: { zone: 'a' }, tolerations: [{ operator: 'Exists' }] }],
    ['priority and preemption', { priority: 9, preemptionPolicy: 'Never', schedulerName: 's' }],
    ['overhead and pod-level requests', { overhead: { cpu: '1m' }, resources: { requests } }],
    ['devices and gates', { resourceClaims: [{ name: 'gpu' }], schedulingGates: [{ name: 'a' }] }],
    ['network and users of the host', { hostNetwork: true, hostUsers: false }],
    ['init containers', { initContainers: [{ ...container, restartPolicy: 'Always' }] }],
  ])('keeps %s', (_name, spec) => {
    expect(toPodTemplate(withSpec(spec))).toEqual({ metadata: {}, spec: { containers: [], ...spec } });
  });

  it('keeps claims and disks, and the name of a volume only where its claim is named after it', () => {
    const claim = { persistentVolumeClaim: { claimName: 'data' } };
    const disk = { gcePersistentDisk: { pdName: 'd' } };
    const ephemeral = { name: 'tmp', ephemeral: { volumeClaimTemplate: { spec: {} } } };
    const volumes = [
      { name: 'a', ...claim },
      { name: 'b', ...disk },
      ephemeral,
      { name: 'c', configMap: {} },
      { name: 'd', emptyDir: {} },
    ];
    expect(toPodTemplate(withSpec({ volumes }))).toMatchObject({ spec: { volumes: [claim, disk, ephemeral] } });
  });

  const resizing = { name: 'c', allocatedResources: { cpu: '2' }, resources: { requests: { cpu: '2' } } };
  it.each<[string, object, object | undefined]>([
    ['no status of a running pod', { containerStatuses: [{ name: 'c', allocatedResources: requests }] }, undefined],
    [
      'what is allocated during a resize',
      { containerStatuses: [{ ...resizing, ready: true }] },
      { containerStatuses: [resizing] },
    ],
    [
      'a resize that is infeasible',
      {
        conditions: [
          { type: 'PodResizePending', status: 'True', reason: 'Infeasible', message: 'm' },
          { type: 'Ready' },
        ],
      },
      { conditions: [{ type: 'PodResizePending', status: 'True', reason: 'Infeasible' }] },
    ],
    [
      'the names of generated claims',
      { resourceClaimStatuses: [{ name: 'gpu', resourceClaimName: 'a-gpu-x' }] },
      { resourceClaimStatuses: [{ name: 'gpu', resourceClaimName: 'a-gpu-x' }] },
    ],
  ])('keeps %s', (_name, status, expected) => {
    const pod = { ...withSpec({ containers: [container] }), status } as Wire<V1Pod>;
    expect(toPodTemplate(pod)['status']).toEqual(expected);
  });
});

describe('TemplatePool', () => {
  it('has one template for the pods of a workload, whose token volumes have names of their own', () => {
    const pool = new TemplatePool();
    const indexes = [
      podOf('web-1-a', 'kube-api-access-abcde'),
      podOf('web-1-b', 'kube-api-access-fghij'),
      withSpec({ priority: 1 }),
    ].map((pod) => pool.add(toPodTemplate(pod)));

    expect(indexes).toEqual([0, 0, 1]);
    expect(pool.templates).toHaveLength(2);
  });
});
