import { describe, expect, it } from '@jest/globals';
import { readDrainState } from '../../src/activities/read-drain-state.ts';
import type { DecommissionRequest } from '../../src/domain/decommission-request.ts';
import type { DrainLook } from '../../src/domain/task-context.ts';
import { activityDependencies } from '../builders/activity-dependencies.ts';
import { decommissionRequest } from '../builders/decommission-request.ts';
import { heldNode } from '../builders/held-node.ts';
import { barePod, owner, pod } from '../builders/pod.ts';
import { nodeTarget, taskContext } from '../builders/task-context.ts';
import { countlessWorkload, replicaSet, workload } from '../builders/workload.ts';
import { FakeCluster, GRACE_END, type FakeClusterFacts } from '../fakes/fake-cluster.ts';

const WORKLOADS = [workload(), replicaSet(), countlessWorkload('apps/v1', 'DaemonSet', 'agent')];

const look = (facts: Partial<FakeClusterFacts>, request: Partial<DecommissionRequest> = {}): Promise<DrainLook> => {
  const cluster = new FakeCluster({ nodes: [heldNode()], workloads: WORKLOADS, ...facts });
  return readDrainState(activityDependencies(cluster))(taskContext(), decommissionRequest(request), nodeTarget());
};

describe('readDrainState', () => {
  it('an empty node has nothing to go', async () => {
    await expect(look({ pods: [pod({ nodeName: 'node-2' })] })).resolves.toEqual({
      targets: [],
      refusals: [],
      stayingCount: 0,
    });
  });

  it('lists what is to go, with its top-most workload and its volumes, by name', async () => {
    const pods = [
      pod({ name: 'b', persistentVolumeClaims: ['data', 'unbound', 'missing'] }),
      pod({ name: 'a', deletionTimestamp: GRACE_END }),
    ];
    const claims = [
      { namespace: 'default', name: 'data', volumeName: 'pv-1' },
      { namespace: 'default', name: 'unbound', volumeName: '' },
      { namespace: 'other', name: 'missing', volumeName: 'pv-2' },
    ];
    const { targets } = await look({ pods, claims });
    expect(targets).toEqual([
      {
        namespace: 'default',
        name: 'a',
        uid: 'uid-default-a',
        workload: 'Deployment/web',
        workloadUid: 'uid-Deployment-web',
        volumeNames: [],
      },
      {
        namespace: 'default',
        name: 'b',
        uid: 'uid-default-b',
        workload: 'Deployment/web',
        workloadUid: 'uid-Deployment-web',
        volumeNames: ['pv-1'],
      },
    ]);
  });

  it('counts those that stay', async () => {
    const agent = pod({ name: 'agent', controller: owner('apps/v1', 'DaemonSet', 'agent') });
    await expect(look({ pods: [agent, barePod({ mirror: true })] })).resolves.toMatchObject({
      targets: [],
      stayingCount: 2,
    });
  });

  const single = [workload({ replicas: 1 }), replicaSet()];
  const refusals: [
    name: string,
    facts: Partial<FakeClusterFacts>,
    request: Partial<DecommissionRequest>,
    count: number,
  ][] = [
    ['a bare pod without force', { pods: [barePod()] }, {}, 1],
    ['a bare pod with force', { pods: [barePod()] }, { force: true }, 0],
    ['emptyDir without consent', { pods: [pod({ emptyDirVolumes: ['cache'] })] }, {}, 1],
    ['a workload that an autoscaler took to one replica', { pods: [pod()], workloads: single }, {}, 1],
    ['the same with its consent', { pods: [pod()], workloads: single }, { singleReplica: 'evict' }, 0],
    ['the same when its pod goes already', { pods: [pod({ deletionTimestamp: GRACE_END })], workloads: single }, {}, 0],
  ];
  it.each(refusals)('%s', async (_name, facts, request, count) => {
    const { refusals: sentences } = await look(facts, request);
    expect(sentences).toHaveLength(count);
  });

  const losses: [name: string, facts: Partial<FakeClusterFacts>, type: string][] = [
    ['uncordoned', { nodes: [heldNode({ unschedulable: false })] }, 'CordonLost'],
    ['without our lock', { nodes: [heldNode({ annotations: {} })] }, 'LockLost'],
    ['gone', { nodes: [] }, 'NodeChanged'],
  ];
  it.each(losses)('a node that is %s is not looked at', async (_name, facts, type) => {
    await expect(look(facts)).rejects.toMatchObject({ type, retryable: false });
  });
});
