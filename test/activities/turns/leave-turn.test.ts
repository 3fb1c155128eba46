import { describe, expect, it } from '@jest/globals';
import { leaveTurn } from '../../../src/activities/turns/leave-turn.ts';
import { LOCK_ANNOTATION } from '../../../src/domain/cluster/annotations.ts';
import type { NodeFacts } from '../../../src/domain/cluster/facts.ts';
import { readTurnMark } from '../../../src/domain/fleet/turn-mark.ts';
import { toLockText } from '../../../src/domain/node/lock.ts';
import { activityDependencies } from '../../builders/activity-dependencies.ts';
import { nodeTarget, taskContext } from '../../builders/task-context.ts';
import { lockedNode, turnHolder, turnMark, workingMark } from '../../builders/turns.ts';
import { FakeCluster } from '../../fakes/fake-cluster.ts';

const CONTEXT = taskContext({ holder: turnHolder() });

const leave = async (nodes: readonly NodeFacts[], keepsPlace: boolean): Promise<FakeCluster> => {
  const cluster = new FakeCluster({ nodes });
  await leaveTurn(activityDependencies(cluster))(CONTEXT, nodeTarget(), keepsPlace);
  return cluster;
};

describe('leaveTurn', () => {
  it.each([
    ['a node in work', workingMark()],
    ['a node that waits', turnMark()],
  ])('removes the mark of %s, and nothing of its lock', async (_name, mark) => {
    const cluster = await leave([lockedNode('node-1', { mark })], false);
    expect(cluster.nodes.find('node-1')?.annotations[LOCK_ANNOTATION]).toBe(toLockText(turnHolder()));
  });

  it('keeps the place of a node that may ask again', async () => {
    const cluster = await leave([lockedNode('node-1', { mark: workingMark() })], true);
    expect(readTurnMark(cluster.nodes.find('node-1')?.annotations[LOCK_ANNOTATION] ?? '')).toEqual(turnMark());
  });

  it.each<[string, readonly NodeFacts[], boolean]>([
    ['that is gone', [], false],
    ['that was recreated', [lockedNode('node-1', { mark: workingMark() }, { uid: 'uid-other' })], false],
    ['without a mark', [lockedNode('node-1')], false],
    ['of another task', [lockedNode('node-1', { taskId: '7', mark: workingMark() })], false],
    ['that waits and keeps its place', [lockedNode('node-1', { mark: turnMark() })], true],
  ])('writes nothing on a node %s', async (_name, nodes, keepsPlace) => {
    expect((await leave(nodes, keepsPlace)).argsOf('patchNode')).toEqual([]);
  });
});
