import { describe, expect, it } from '@jest/globals';
import { EARLIER_DELETION_COST_ANNOTATION } from '../../../src/domain/cluster/annotations.ts';
import { planSurge, type SurgeState, type SurgeStep } from '../../../src/domain/surge/plan-surge.ts';
import { deployment, surgedDeployment } from '../../builders/deployment.ts';
import { owner, pod } from '../../builders/pod.ts';

const kept = { annotations: { [EARLIER_DELETION_COST_ANNOTATION]: '' } };
const old = pod(kept);
const second = pod({ name: 'web-1-b', nodeName: 'node-2' });
const leaving = pod({ deletionTimestamp: '2026-01-02T00:00:30.000Z' });

const state = (overrides: Partial<SurgeState> = {}): SurgeState => ({
  pod: old,
  deployment: surgedDeployment(),
  pods: [old, second],
  endpoints: [],
  taskId: 'task-1',
  ...overrides,
});

const endpointOf = ({ uid }: typeof old, ready = true, serviceKey = 'web IPv4') => ({ serviceKey, podUid: uid, ready });

const unready = pod({ ...kept, ready: false });
const unreadyOld: Partial<SurgeState> = {
  pod: unready,
  pods: [unready, second],
  deployment: surgedDeployment({ readyCount: 1, availableCount: 1 }),
};

describe('planSurge', () => {
  it.each<[string, Partial<SurgeState>, SurgeStep['kind']]>([
    ['scales up a Deployment with one replica', { deployment: deployment(), pods: [old] }, 'scaleUp'],
    ['ends when the Deployment is gone', { deployment: undefined }, 'over'],
    ['ends when the pod went before the start', { deployment: deployment(), pod: undefined, pods: [] }, 'over'],
    ['ends when the pod terminates before the start', { deployment: deployment(), pod: leaving }, 'over'],
    ['ends when another client has scaled up', { deployment: deployment({ replicas: 3 }) }, 'over'],
    ['ends when another client has scaled to zero', { deployment: deployment({ replicas: 0 }) }, 'over'],
    ['does not continue the surge of another task', { deployment: surgedDeployment({}, 'task-2') }, 'over'],
    ['keeps the old pod first, whoever scales down', { pod: pod() }, 'keepOld'],
    ['waits for a second pod', { pods: [old] }, 'wait'],
    ['hands over to an available pod', {}, 'handOver'],
    ['hands over when the old pod is not Ready', unreadyOld, 'handOver'],
    ['scales down when the old pod went by itself', { pod: undefined, pods: [second] }, 'scaleDown'],
    ['scales down when the old pod terminates', { pod: leaving, pods: [leaving, second] }, 'scaleDown'],
    ['waits for the removal', { deployment: surgedDeployment({ replicas: 1, generation: 2 }) }, 'wait'],
    ['waits for the removal while two pods are counted', { deployment: surgedDeployment({ replicas: 1 }) }, 'wait'],
    [
      'removes the label once the old pod terminates',
      { deployment: surgedDeployment({ replicas: 1 }), pod: leaving },
      'removeLabel',
    ],
    [
      'is interrupted when the controller kept the old pod',
      { deployment: surgedDeployment({ replicas: 1, podCount: 1 }), pods: [old] },
      'interrupted',
    ],
    ['is interrupted by another scale', { deployment: surgedDeployment({ replicas: 5 }) }, 'interrupted'],
    ['is interrupted by a scale to zero', { deployment: surgedDeployment({ replicas: 0 }) }, 'interrupted'],
    ['does not count a second pod on the same node', { pods: [old, pod({ name: 'web-1-b' })] }, 'wait'],
    [
      'does not count a second pod of another ReplicaSet',
      { pods: [old, pod({ ...second, controller: owner('apps/v1', 'ReplicaSet', 'web-2') })] },
      'wait',
    ],
  ])('%s', (_name, overrides, kind) => {
    expect(planSurge(state(overrides)).kind).toBe(kind);
  });

  it('does not count a second pod that terminates or has failed', () => {
    const gone = { ...second, deletionTimestamp: '2026-01-02T00:00:30.000Z' };
    expect(planSurge(state({ pods: [old, gone] })).kind).toBe('wait');
    expect(planSurge(state({ pods: [old, { ...second, phase: 'Failed' }] })).kind).toBe('wait');
  });

  it.each<[string, Partial<SurgeState>, string]>([
    ['no pod', { pods: [old] }, 'it does not exist yet'],
    [
      'a quota',
      { pods: [old], deployment: surgedDeployment({ replicaFailure: 'pods "web" is forbidden: exceeded quota.' }) },
      'pods "web" is forbidden: exceeded quota',
    ],
    [
      'a pod without a node',
      { pods: [old, pod({ ...second, nodeName: '', ready: false, unschedulableMessage: '0/3 nodes are available.' })] },
      'pod default/web-1-b is Pending, 0/3 nodes are available',
    ],
    [
      'an image that cannot be pulled',
      { pods: [old, pod({ ...second, ready: false, waitingReason: 'ImagePullBackOff' })] },
      'pod default/web-1-b on node node-2 is ImagePullBackOff',
    ],
    [
      'a pod that starts',
      { pods: [old, pod({ ...second, ready: false })] },
      'pod default/web-1-b on node node-2 is not Ready',
    ],
    [
      'minReadySeconds',
      { deployment: surgedDeployment({ availableCount: 1 }) },
      'pod default/web-1-b on node node-2 is Ready, but not available yet',
    ],
    [
      'a Service',
      { endpoints: [endpointOf(old), endpointOf(second, false)] },
      'pod default/web-1-b is not in the EndpointSlice of Service web IPv4',
    ],
    [
      'one of two Services',
      { endpoints: [endpointOf(old), endpointOf(old, true, 'api IPv4'), endpointOf(second)] },
      'pod default/web-1-b is not in the EndpointSlice of Service api IPv4',
    ],
  ])('names what it waits on: %s', (_name, overrides, why) => {
    expect(planSurge(state(overrides))).toEqual({
      kind: 'wait',
      message: `waits for the second replica of Deployment default/web to become Ready: ${why}`,
    });
  });

  it.each<[string, Partial<SurgeState>]>([
    ['both are ready endpoints', { endpoints: [endpointOf(old), endpointOf(second)] }],
    ['the old pod serves no requests', { endpoints: [endpointOf(old, false)] }],
  ])('hands over when %s', (_name, overrides) => {
    expect(planSurge(state(overrides))).toEqual({ kind: 'handOver', second });
  });

  it('names what another client did, and what to do', () => {
    const step = planSurge(state({ deployment: surgedDeployment({ replicas: 1, podCount: 1 }), pods: [old] }));
    expect(step).toMatchObject({ message: expect.stringContaining('kept pod default/web-1-a') as unknown });
    expect(planSurge(state({ deployment: surgedDeployment({ replicas: 5 }) }))).toMatchObject({
      message: expect.stringContaining(
        'another client set the replica count of Deployment default/web to 5',
      ) as unknown,
    });
  });
});
