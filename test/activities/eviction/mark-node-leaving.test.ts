import { describe, expect, it } from '@jest/globals';
import { markNodeLeaving } from '../../../src/activities/eviction/mark-node-leaving.ts';
import type { NodeFacts, PodFacts } from '../../../src/domain/cluster/facts.ts';
import { activityDependencies } from '../../builders/activity-dependencies.ts';
import { decommissionRequest } from '../../builders/decommission-request.ts';
import { heldNode } from '../../builders/owned-node.ts';
import { owner, pod } from '../../builders/pod.ts';
import { taskContext } from '../../builders/task-context.ts';
import { countlessWorkload } from '../../builders/workload.ts';
import { FakeCluster } from '../../fakes/fake-cluster.ts';

const TARGET = { nodeName: 'node-1', nodeUid: 'uid-node-1', machineID: '' };
const daemon = (name: string, overrides: Partial<PodFacts> = {}): PodFacts =>
  pod({ name, controller: owner('apps/v1', 'DaemonSet', 'agent'), ...overrides });

const clusterOf = (pods: readonly PodFacts[], overrides: Partial<NodeFacts> = {}): FakeCluster =>
  new FakeCluster({
    nodes: [heldNode(overrides)],
    pods,
    workloads: [countlessWorkload('apps/v1', 'DaemonSet', 'agent')],
  });

const mark = async (cluster: FakeCluster) =>
  await markNodeLeaving(activityDependencies(cluster))(taskContext(), decommissionRequest(), TARGET);

describe('markNodeLeaving', () => {
  it('taints the node before it returns the pods', async () => {
    const cluster = clusterOf([daemon('agent-1'), daemon('cni-1', { priorityClassName: 'system-node-critical' })]);
    expect(await mark(cluster)).toEqual([
      {
        namespace: 'default',
        name: 'agent-1',
        uid: 'uid-default-agent-1',
        workload: 'DaemonSet/agent',
        workloadUid: 'uid-DaemonSet-agent',
      },
    ]);
    const { taskId } = taskContext();
    expect(cluster.nodes.find('node-1')?.taints).toEqual([
      { key: 'node-decommission.io/leaving', value: taskId, effect: 'NoSchedule' },
    ]);
    await mark(cluster);
    expect(cluster.argsOf('patchNode')).toHaveLength(1);
  });

  it.each<[string, FakeCluster]>([
    ['without such a pod', clusterOf([daemon('cni-1', { priorityClassName: 'system-node-critical' })])],
    ['that is not Ready: no pod can terminate there', clusterOf([daemon('agent-1')], { ready: false })],
  ])('writes nothing to a node %s', async (_name, cluster) => {
    expect(await mark(cluster)).toEqual([]);
    expect(cluster.argsOf('patchNode')).toEqual([]);
  });

  it('fails when another client has uncordoned the node', async () => {
    await expect(mark(clusterOf([daemon('agent-1')], { unschedulable: false }))).rejects.toMatchObject({
      type: 'CordonLost',
    });
  });
});
