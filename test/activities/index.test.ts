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
  it('what an activity returns is passed on', async () => {
    const cluster = new FakeCluster({ nodes: [node()] });
    await cordon(cluster).ended;
    expect(cluster.nodes.find('node-1')?.unschedulable).toBe(true);
  });

  it('a failure of ours leaves as an ApplicationFailure and is not logged as a defect', async () => {
    const { ended, logged } = cordon(new FakeCluster());
    await expect(ended).rejects.toMatchObject({ name: 'ApplicationFailure', type: 'NodeChanged', nonRetryable: true });
    expect(logged).toEqual([]);
  });

  it('a failure of the cluster is worth another try', async () => {
    const cluster = new FakeCluster();
    cluster.fail('readNode', new ClusterFailure('Unreachable', 'no answer'));
    await expect(cordon(cluster).ended).rejects.toMatchObject({ type: 'ClusterUnavailable', nonRetryable: false });
  });

  it('what nobody foresaw is logged here and leaves without its words', async () => {
    const cluster = new FakeCluster();
    cluster.fail('readNode', new TypeError('token abc'));
    const { ended, logged } = cordon(cluster);
    await expect(ended).rejects.toMatchObject({ type: 'Defect', message: expect.not.stringContaining('abc') });
    expect(logged).toEqual(['unexpected failure in an activity']);
  });
});
