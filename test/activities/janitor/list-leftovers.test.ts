import { describe, expect, it } from '@jest/globals';
import { listLeftovers } from '../../../src/activities/janitor/list-leftovers.ts';
import { activityDependencies } from '../../builders/activity-dependencies.ts';
import { heldNode } from '../../builders/owned-node.ts';
import { lockHolder } from '../../builders/lock-holder.ts';
import { FakeCluster } from '../../fakes/fake-cluster.ts';
import { FakeWorkflowDirectory } from '../../fakes/fake-workflow-directory.ts';

describe('listLeftovers', () => {
  const directory = new FakeWorkflowDirectory();
  directory.holderStates.set(lockHolder().workflowId, 'closed');
  const list = listLeftovers(activityDependencies(new FakeCluster({ nodes: [heldNode()] }), { directory }));

  it('lists what it finds, and changes nothing', async () => {
    expect(await list({ cluster: 'default' })).toMatchObject({
      cluster: 'default',
      count: 1,
      leftovers: [{ kind: 'lock', object: 'Node node-1', task: 'closed' }],
    });
  });

  it('refuses a cluster that the worker does not have', async () => {
    await expect(list({ cluster: 'east' })).rejects.toMatchObject({ type: 'InvalidInput' });
  });
});
