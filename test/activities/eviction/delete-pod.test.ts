import { describe, expect, it } from '@jest/globals';
import { deletePod } from '../../../src/activities/eviction/delete-pod.ts';
import type { PodRef } from '../../../src/domain/cluster/facts.ts';
import { activityDependencies } from '../../builders/activity-dependencies.ts';
import { heldNode } from '../../builders/owned-node.ts';
import { pod } from '../../builders/pod.ts';
import { nodeTarget, taskContext } from '../../builders/task-context.ts';
import { FakeCluster } from '../../fakes/fake-cluster.ts';
import type { FakeClusterFacts } from '../../fakes/fake-cluster-facts.ts';

const WEB = pod();

/** Returns the deletions that were sent. */
const deleteWeb = async (facts: Partial<FakeClusterFacts>, ref: PodRef = WEB): Promise<readonly unknown[]> => {
  const cluster = new FakeCluster({ nodes: [heldNode()], pods: [WEB], ...facts });
  const { namespace, name, uid } = ref;
  const input = { node: nodeTarget(), pod: { namespace, name, uid } };
  await deletePod(activityDependencies(cluster))(taskContext(), input);
  return cluster.argsOf('deletePod');
};

describe('deletePod', () => {
  it('deletes the pod under its UID', async () => {
    const { namespace, name, uid } = WEB;
    expect(await deleteWeb({})).toEqual([[{ namespace, name, uid }]]);
  });

  it.each<[string, Partial<FakeClusterFacts>]>([
    ['a pod that is gone', { pods: [] }],
    ['another pod of the same name', { pods: [pod({ uid: 'uid-new' })] }],
    ['a pod on another node', { pods: [pod({ nodeName: 'node-2' })] }],
  ])('leaves alone %s', async (_name, facts) => {
    expect(await deleteWeb(facts)).toEqual([]);
  });

  it.each<[string, Partial<FakeClusterFacts>, string]>([
    ['the Node was recreated', { nodes: [heldNode({ uid: 'uid-new' })] }, 'NodeChanged'],
    ['it was uncordoned', { nodes: [heldNode({ unschedulable: false })] }, 'CordonLost'],
    ['the lock was removed', { nodes: [heldNode({ annotations: {} })] }, 'LockLost'],
  ])('deletes nothing when %s', async (_name, facts, type) => {
    await expect(deleteWeb(facts)).rejects.toMatchObject({ type, retryable: false });
  });
});
