import { describe, expect, it } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createActivities } from '../../src/activities/index.ts';
import { ClusterFailure } from '../../src/ports/cluster-failure.ts';
import { activityDependencies } from '../builders/activity-dependencies.ts';
import { node } from '../builders/node.ts';
import { nodeTarget, taskContext } from '../builders/task-context.ts';
import { FakeCluster } from '../fakes/fake-cluster.ts';

const cordon = (cluster: FakeCluster): { readonly ended: Promise<unknown>; readonly logged: string[] } => {
  const logged: string[] = [];
  const logger = new DefaultLogger('ERROR', ({ message }) => logged.push(message));
  const { cordonNode } = createActivities(activityDependencies(cluster));
  return { ended: new MockActivityEnvironment({}, { logger }).run(cordonNode, taskContext(), nodeTarget()), logged };
};

describe('createActivities', () => {
  it('passes on what an activity returns', async () => {
    const cluster = new FakeCluster({ nodes: [node()] });
    await cordon(cluster).ended;
    expect(cluster.nodes.find('node-1')?.unschedulable).toBe(true);
  });

  it('converts a DecommissionFailure to an ApplicationFailure and does not log it as a defect', async () => {
    const { ended, logged } = cordon(new FakeCluster());
    await expect(ended).rejects.toMatchObject({ name: 'ApplicationFailure', type: 'NodeChanged', nonRetryable: true });
    expect(logged).toEqual([]);
  });

  it('makes a failure of the cluster retryable', async () => {
    const cluster = new FakeCluster();
    cluster.fail('readNode', new ClusterFailure('Unreachable', 'no response'));
    await expect(cordon(cluster).ended).rejects.toMatchObject({ type: 'ClusterUnavailable', nonRetryable: false });
  });

  it('logs an unexpected failure and does not pass on its message', async () => {
    const cluster = new FakeCluster();
    cluster.fail('readNode', new TypeError('token abc'));
    const { ended, logged } = cordon(cluster);
    await expect(ended).rejects.toMatchObject({ type: 'Defect', message: expect.not.stringContaining('abc') });
    expect(logged).toEqual(['unexpected failure in an activity']);
  });
});
