import { describe, expect, it } from '@jest/globals';
import { confirmDrained } from '../../../src/activities/eviction/confirm-drained.ts';
import { toLockText } from '../../../src/domain/node/lock.ts';
import { LOCK_ANNOTATION } from '../../../src/domain/cluster/annotations.ts';
import { activityDependencies } from '../../builders/activity-dependencies.ts';
import { decommissionRequest } from '../../builders/decommission-request.ts';
import { heldNode } from '../../builders/owned-node.ts';
import { lockHolder } from '../../builders/lock-holder.ts';
import { barePod, owner, pod } from '../../builders/pod.ts';
import { nodeTarget, taskContext } from '../../builders/task-context.ts';
import { countlessWorkload, replicaSet, workload } from '../../builders/workload.ts';
import { FakeCluster, GRACE_END } from '../../fakes/fake-cluster.ts';
import type { FakeClusterFacts } from '../../fakes/fake-cluster-facts.ts';

const OWNERS = [workload(), replicaSet(), countlessWorkload('apps/v1', 'DaemonSet', 'agent')];

const confirm = (facts: Partial<FakeClusterFacts>): Promise<void> => {
  const cluster = new FakeCluster({ nodes: [heldNode()], workloads: OWNERS, ...facts });
  return confirmDrained(activityDependencies(cluster))(taskContext(), decommissionRequest(), nodeTarget());
};

describe('confirmDrained', () => {
  const drained: [name: string, facts: Partial<FakeClusterFacts>][] = [
    ['empty', {}],
    [
      'with a DaemonSet pod and a mirror pod',
      { pods: [pod({ name: 'agent', controller: owner('apps/v1', 'DaemonSet', 'agent') }), barePod({ mirror: true })] },
    ],
    ['with pods on other nodes only', { pods: [pod({ nodeName: 'node-2' })] }],
  ];
  it.each(drained)('a node that is cordoned, locked by this task and %s is drained', async (_name, facts) => {
    await expect(confirm(facts)).resolves.toBeUndefined();
  });

  const theirs = { [LOCK_ANNOTATION]: toLockText(lockHolder({ workflowId: 'theirs' })) };
  const failures: [name: string, facts: Partial<FakeClusterFacts>, type: string, sentence: string][] = [
    ['the Node is gone', { nodes: [] }, 'NodeChanged', 'no longer exists'],
    ['the Node was recreated', { nodes: [heldNode({ uid: 'uid-new' })] }, 'NodeChanged', 'UID uid-new'],
    ['it was uncordoned', { nodes: [heldNode({ unschedulable: false })] }, 'CordonLost', 'uncordoned'],
    ['the lock was removed', { nodes: [heldNode({ annotations: {} })] }, 'LockLost', 'the lock of this task'],
    ['the lock was replaced', { nodes: [heldNode({ annotations: theirs })] }, 'LockLost', 'the lock of this task'],
    ['a pod appeared', { pods: [pod()] }, 'NodeBoundPods', 'default/web-1-a'],
    [
      'a pod is still terminating',
      { pods: [pod({ deletionTimestamp: GRACE_END })] },
      'NodeBoundPods',
      'default/web-1-a',
    ],
    ['a finished pod is left', { pods: [pod({ phase: 'Succeeded' })] }, 'NodeBoundPods', 'default/web-1-a'],
    ['a pod that needs consent appeared', { pods: [barePod()] }, 'NodeBoundPods', 'default/bare: it has no controller'],
  ];
  it.each(failures)('%s', async (_name, facts, type, sentence) => {
    await expect(confirm(facts)).rejects.toMatchObject({
      type,
      retryable: false,
      message: expect.stringContaining(sentence),
    });
  });
});
