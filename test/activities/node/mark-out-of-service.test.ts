import { describe, expect, it } from '@jest/globals';
import { markOutOfService } from '../../../src/activities/node/mark-out-of-service.ts';
import type { NodeFacts, PodFacts } from '../../../src/domain/cluster/facts.ts';
import { activityDependencies } from '../../builders/activity-dependencies.ts';
import { decommissionRequest } from '../../builders/decommission-request.ts';
import { heldNode } from '../../builders/owned-node.ts';
import { pod } from '../../builders/pod.ts';
import { nodeTarget, taskContext } from '../../builders/task-context.ts';
import { replicaSet, workload } from '../../builders/workload.ts';
import { FakeCluster, GRACE_END } from '../../fakes/fake-cluster.ts';

const GONE = pod({ name: 'a', deletionTimestamp: GRACE_END });
const TAINT = { key: 'node.kubernetes.io/out-of-service', value: '42', effect: 'NoExecute' };

const mark = async (given: Partial<NodeFacts>, pods: readonly PodFacts[] = [GONE]) => {
  const cluster = new FakeCluster({
    nodes: [heldNode({ ready: false, isSilent: true, ...given })],
    pods: [...pods],
    workloads: [workload(), replicaSet()],
  });
  const request = decommissionRequest({ deadNode: 'outOfService' });
  const isMarked = await markOutOfService(activityDependencies(cluster))(taskContext(), request, nodeTarget());
  return { isMarked, taints: cluster.nodes.find('node-1')?.taints };
};

describe('markOutOfService', () => {
  it('taints a dead node', async () => {
    expect(await mark({})).toEqual({ isMarked: true, taints: [TAINT] });
  });

  it('finds the taint of an earlier attempt', async () => {
    const taints = [{ ...TAINT, effect: 'NoExecute' as const }];
    expect(await mark({ taints })).toEqual({ isMarked: true, taints });
  });

  it.each<readonly [string, Partial<NodeFacts>, readonly PodFacts[]]>([
    ['a node that is Ready again', { ready: true, isSilent: false }, [GONE]],
    ['a node that reports again', { isSilent: false }, [GONE]],
    ['a node with a pod that is not terminating', {}, [GONE, pod({ name: 'b' })]],
  ])('writes nothing on %s', async (_which, given, pods) => {
    expect(await mark(given, pods)).toEqual({ isMarked: false, taints: [] });
  });

  it.each([
    ['uncordoned', { unschedulable: false }, 'CordonLost'],
    ['unlocked', { annotations: {} }, 'LockLost'],
  ])('writes nothing on a node that was %s', async (_how, given, type) => {
    await expect(mark(given)).rejects.toMatchObject({ type });
  });
});
