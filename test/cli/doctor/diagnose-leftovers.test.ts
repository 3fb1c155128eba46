import { describe, expect, it } from '@jest/globals';
import { diagnoseLeftoversOf } from '../../../src/cli/doctor/diagnose-leftovers.ts';
import { toTaskAnnotation } from '../../../src/domain/cluster/annotations.ts';
import { ClusterFailure } from '../../../src/ports/cluster-failure.ts';
import { budget } from '../../builders/budget.ts';
import { lockHolder } from '../../builders/lock-holder.ts';
import { heldNode } from '../../builders/owned-node.ts';
import { FakeCluster } from '../../fakes/fake-cluster.ts';
import { FakeWorkflowDirectory } from '../../fakes/fake-workflow-directory.ts';

const withLeftovers = (): FakeCluster =>
  new FakeCluster({
    nodes: [heldNode()],
    budgets: [budget({ annotations: { [toTaskAnnotation(lockHolder().taskId)]: 'processing' } })],
  });

describe('diagnoseLeftoversOf', () => {
  it('names the lock and the budget that a terminated task has left, and the command', async () => {
    const directory = new FakeWorkflowDirectory();
    directory.holderStates.set(lockHolder().workflowId, 'closed');
    const [check] = await diagnoseLeftoversOf('east', withLeftovers, directory);
    expect(check).toMatchObject({ name: 'changes of ended tasks in cluster east', ok: true });
    expect(check?.message).toMatch(/2 changes .* Node node-1 \(its lock\), PodDisruptionBudget default\/web-pdb/);
    expect(check?.message).toContain('node-decommission janitor --cluster east');
  });

  it('passes while the task runs', async () => {
    const directory = new FakeWorkflowDirectory();
    directory.holderStates.set(lockHolder().workflowId, 'open');
    directory.runningTaskIds = [lockHolder().taskId];
    expect(await diagnoseLeftoversOf('east', withLeftovers, directory)).toMatchObject([{ ok: true, message: 'none' }]);
  });

  it('adds that nothing is known about tasks without Temporal', async () => {
    const [check] = await diagnoseLeftoversOf('east', withLeftovers, undefined);
    expect(check?.message).toContain('Unknown: whether these tasks still run');
  });

  it('leaves a cluster that cannot be read to its own check', async () => {
    const cluster = new FakeCluster();
    cluster.fail('readNodes', new ClusterFailure('Unreachable', 'no response'));
    expect(await diagnoseLeftoversOf('east', () => cluster, undefined)).toEqual([]);
  });
});
