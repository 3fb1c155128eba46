import { describe, expect, it } from '@jest/globals';
import { markNodeWaiting, releaseWaitingNode } from '../../../src/activities/node/mark-node-waiting.ts';
import type { NodeFacts } from '../../../src/domain/cluster/facts.ts';
import { WAITING_TAINT_KEY } from '../../../src/domain/cluster/annotations.ts';
import { activityDependencies } from '../../builders/activity-dependencies.ts';
import { node } from '../../builders/node.ts';
import { nodeTarget, taskContext } from '../../builders/task-context.ts';
import { FakeCluster } from '../../fakes/fake-cluster.ts';

const OURS = { key: WAITING_TAINT_KEY, value: '42', effect: 'PreferNoSchedule' } as const;
const THEIRS = { ...OURS, value: '43' };

const prepare = (given: NodeFacts) => {
  const cluster = new FakeCluster({ nodes: [given] });
  return { cluster, dependencies: activityDependencies(cluster), taints: () => cluster.nodes.find('node-1')?.taints };
};

describe('markNodeWaiting', () => {
  it('taints the node, once', async () => {
    const { cluster, dependencies, taints } = prepare(node());
    await markNodeWaiting(dependencies)(taskContext(), nodeTarget());
    await markNodeWaiting(dependencies)(taskContext(), nodeTarget());
    expect(taints()).toEqual([OURS]);
    expect(cluster.argsOf('patchNode')).toHaveLength(1);
  });

  it('leaves another Node of that name untouched', async () => {
    const { cluster, dependencies } = prepare(node({ uid: 'uid-other' }));
    await markNodeWaiting(dependencies)(taskContext(), nodeTarget());
    expect(cluster.argsOf('patchNode')).toEqual([]);
  });
});

describe('releaseWaitingNode', () => {
  it.each([
    ['Undone', [OURS], []],
    ['NothingToDo', [], []],
    ['Kept', [THEIRS], [THEIRS]],
  ] as const)('%s', async (status, before, after) => {
    const { dependencies, taints } = prepare(node({ taints: before }));
    await expect(releaseWaitingNode(dependencies)(taskContext(), nodeTarget())).resolves.toMatchObject({ status });
    expect(taints()).toEqual(after);
  });

  it('has nothing to do once the Node is gone', async () => {
    const { dependencies } = prepare(node({ uid: 'uid-other' }));
    const released = releaseWaitingNode(dependencies)(taskContext(), nodeTarget());
    await expect(released).resolves.toMatchObject({ status: 'NothingToDo' });
  });
});
