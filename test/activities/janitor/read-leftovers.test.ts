import { describe, expect, it } from '@jest/globals';
import { NO_KNOWN_TASKS, readLeftovers, type KnownTasks } from '../../../src/activities/janitor/read-leftovers.ts';
import { toTaskAnnotation } from '../../../src/domain/cluster/annotations.ts';
import type { PointOfNoReturn } from '../../../src/domain/run/point-of-no-return.ts';
import { ClusterFailure } from '../../../src/ports/cluster-failure.ts';
import type { HolderState } from '../../../src/ports/workflow-directory.ts';
import { budget } from '../../builders/budget.ts';
import { lockHolder } from '../../builders/lock-holder.ts';
import { heldNode } from '../../builders/owned-node.ts';
import { FakeCluster } from '../../fakes/fake-cluster.ts';
import { FakeWorkflowDirectory } from '../../fakes/fake-workflow-directory.ts';

const { workflowId, taskId } = lockHolder();

const prepare = (ofTask: HolderState) => {
  const cluster = new FakeCluster({
    nodes: [heldNode()],
    budgets: [budget({ annotations: { [toTaskAnnotation(taskId)]: 'processing' } })],
  });
  const directory = new FakeWorkflowDirectory();
  directory.holderStates.set(workflowId, ofTask);
  return { cluster, directory };
};

const passed = (at: string): PointOfNoReturn => ({ what: 'deleting Node node-1', at, laterNodeNames: [] });

describe('readLeftovers', () => {
  it.each<[string, HolderState, readonly string[]]>([
    ['nothing while the task runs', 'open', []],
    ["nothing while the node's own workflow runs", 'nodeOpen', []],
    ['lock and budget once both are closed', 'closed', ['lock closed', 'budget closed']],
    ['both as unknown when Temporal does not answer', 'unknown', ['lock unknown', 'budget unknown']],
  ])('finds %s', async (_what, state, expected) => {
    const { cluster, directory } = prepare(state);
    const { leftovers } = await readLeftovers(cluster, 'default', directory);
    expect(leftovers.map(({ kind, task }) => `${kind} ${task}`)).toEqual(expected);
  });

  it.each([
    ['of this run', '2026-01-03T00:00:00.000Z', true],
    ['of an earlier Node with that name', '2025-01-01T00:00:00.000Z', false],
  ])('applies a point of no return %s', async (_whose, at, applies) => {
    const { cluster, directory } = prepare('closed');
    directory.passedPoints.set('decommission/default/node/node-1', passed(at));
    const { leftovers } = await readLeftovers(cluster, 'default', directory);
    expect(leftovers[0]?.stays !== undefined).toBe(applies);
  });

  it("finds the node's workflow by the cluster's name in the lock, too", async () => {
    const { cluster } = prepare('closed');
    const asked: (string | undefined)[] = [];
    const readHolderState: KnownTasks['readHolderState'] = (_holder, nodeWorkflowId) => {
      asked.push(nodeWorkflowId);
      return Promise.resolve(nodeWorkflowId === 'decommission/default/node/node-1' ? 'nodeOpen' : 'closed');
    };
    const { leftovers } = await readLeftovers(cluster, 'other', { ...NO_KNOWN_TASKS, readHolderState });
    expect(asked).toEqual(['decommission/other/node/node-1', 'decommission/default/node/node-1']);
    expect(leftovers).toEqual([]);
  });

  it('reports what it could not search', async () => {
    const { cluster } = prepare('closed');
    cluster.fail('readDeployments', new ClusterFailure('Forbidden', 'no', 403));
    const { notChecked, leftovers } = await readLeftovers(cluster, 'default', NO_KNOWN_TASKS);
    expect(notChecked).toEqual([
      expect.stringContaining('deployments.apps'),
      expect.stringContaining('which tasks run now'),
    ]);
    expect(leftovers.map(({ task }) => task)).toEqual(['unknown', 'unknown']);
  });
});
