import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { deleteNode, type DeletionPast } from '../../../src/activities/node/delete-node.ts';
import type { NodeGone } from '../../../src/activities/node/node-came-back.ts';
import type { NodeFacts } from '../../../src/domain/cluster/facts.ts';
import { ClusterFailure, type ClusterFailureReason } from '../../../src/ports/cluster-failure.ts';
import { activityDependencies } from '../../builders/activity-dependencies.ts';
import { node } from '../../builders/node.ts';
import { runActivity } from '../../builders/run-activity.ts';
import { nodeTarget, taskContext } from '../../builders/task-context.ts';
import { FakeCluster } from '../../fakes/fake-cluster.ts';

interface Past extends Partial<DeletionPast> {
  readonly attempt?: number;
}

const OLD = nodeTarget({ machineID: 'machine-1' });

const remove = (cluster: FakeCluster, past: Past = {}): Promise<NodeGone> => {
  const { attempt = 1, attemptedBefore = false, isReturnSeen = false } = past;
  const ended = runActivity(
    deleteNode(activityDependencies(cluster)),
    [taskContext(), OLD, { attemptedBefore, isReturnSeen }],
    { attempt },
  );
  ended.catch(() => undefined);
  return ended;
};

const clusterOf = (...nodes: NodeFacts[]): FakeCluster => new FakeCluster({ nodes });

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

describe('deleteNode', () => {
  it('deletes the Node under its UID, not as a dry run', async () => {
    const cluster = clusterOf(node());
    await expect(remove(cluster)).resolves.toEqual({ notes: [] });
    expect(cluster.argsOf('deleteNode')).toEqual([[{ name: 'node-1', uid: 'uid-node-1' }, { dryRun: false }]]);
    expect(cluster.nodes.all).toEqual([]);
  });

  it('is done when the Node is already gone', async () => {
    const cluster = clusterOf();
    await remove(cluster);
    expect(cluster.argsOf('deleteNode')).toEqual([]);
  });

  const returnedNodes: [name: string, past: Past, type: string][] = [
    ['in a first attempt: it was recreated', {}, 'NodeChanged'],
    ['in a later attempt: the planned one may have been deleted', { attempt: 2 }, 'NodeCameBack'],
    ['after an operator resumed the run', { attemptedBefore: true }, 'NodeCameBack'],
  ];
  it.each(returnedNodes)('another Node of that name %s, and it is left untouched', async (_name, past, type) => {
    const cluster = clusterOf(node({ uid: 'uid-new' }));
    await expect(remove(cluster, past)).rejects.toMatchObject({ type, retryable: false });
    expect(cluster.argsOf('deleteNode')).toEqual([]);
  });

  it.each(returnedNodes)('recreated between read and deletion, %s', async (_name, past, type) => {
    const cluster = clusterOf(node());
    cluster.before('deleteNode', () => cluster.nodes.store(node({ uid: 'uid-new' })));
    await expect(remove(cluster, past)).rejects.toMatchObject({ type });
    expect(cluster.nodes.all).toHaveLength(1);
  });

  it('another Node that registers directly after the deletion: NodeCameBack', async () => {
    const cluster = clusterOf(node());
    cluster.answer('deleteNode', 'accepted');
    cluster.answer('readNode', node());
    cluster.answer('readNode', node({ uid: 'uid-new' }));
    await expect(remove(cluster)).rejects.toMatchObject({ type: 'NodeCameBack', retryable: false });
  });

  const replaced: [name: string, past: Past][] = [
    ['in a later attempt', { attempt: 2 }],
    ['after an operator resumed the run', { attemptedBefore: true }],
  ];
  it.each(replaced)('a Node of another machine %s is a note: the old one is gone', async (_name, past) => {
    const cluster = clusterOf(node({ uid: 'uid-new', machineID: 'machine-2' }));
    await expect(remove(cluster, past)).resolves.toEqual({ notes: [expect.stringContaining('another machine')] });
    expect(cluster.argsOf('deleteNode')).toEqual([]);
  });

  it('a Node of an unknown machine is a note after an operator has checked it', async () => {
    const cluster = clusterOf(node({ uid: 'uid-new' }));
    const past = { attemptedBefore: true, isReturnSeen: true };
    await expect(remove(cluster, past)).resolves.toEqual({
      notes: [expect.stringContaining('an operator resumed the run')],
    });
  });

  it('a Node of another machine before any deletion: NodeChanged', async () => {
    const cluster = clusterOf(node({ uid: 'uid-new', machineID: 'machine-2' }));
    await expect(remove(cluster)).rejects.toMatchObject({ type: 'NodeChanged' });
  });

  it('waits for finalizers', async () => {
    const cluster = clusterOf(node({ finalizers: ['x/hold'] }));
    const ended = remove(cluster);
    await jest.advanceTimersByTimeAsync(20_000);
    cluster.nodes.drop('node-1');
    await jest.advanceTimersByTimeAsync(500);
    await ended;
  });

  it('finalizers that hold it for a minute after the deletion need an operator, not hours of retries', async () => {
    const cluster = clusterOf(node({ finalizers: ['x/hold', 'y/hold'] }));
    const ended = remove(cluster);
    await jest.advanceTimersByTimeAsync(60_000);
    await expect(ended).rejects.toMatchObject({
      type: 'NodeDeletionHeld',
      retryable: false,
      message: expect.stringContaining('held by finalizers x/hold, y/hold'),
    });
  });

  it('a Node that is being deleted is not deleted again', async () => {
    const cluster = clusterOf(node({ deleting: true, finalizers: ['x/hold'] }));
    const ended = remove(cluster);
    await jest.advanceTimersByTimeAsync(60_000);
    await expect(ended).rejects.toMatchObject({
      type: 'NodeDeletionHeld',
      retryable: false,
      message: expect.stringContaining('x/hold'),
    });
    expect(cluster.argsOf('deleteNode')).toEqual([]);
  });

  it.each<ClusterFailureReason>(['Forbidden', 'Denied', 'Invalid'])('%s: NodeDeletionRefused', async (reason) => {
    const cluster = clusterOf(node());
    cluster.fail('deleteNode', new ClusterFailure(reason, 'not this one', 403));
    await expect(remove(cluster)).rejects.toMatchObject({
      type: 'NodeDeletionRefused',
      retryable: false,
      message: expect.stringContaining('not this one'),
    });
    expect(cluster.nodes.all).toHaveLength(1);
  });

  it.each<ClusterFailureReason>(['Unreachable', 'ServerError', 'Throttled', 'Unauthorized'])(
    '%s: retryable, so it is thrown unchanged',
    async (reason) => {
      const cluster = clusterOf(node());
      cluster.fail('deleteNode', new ClusterFailure(reason, 'no response'));
      await expect(remove(cluster)).rejects.toMatchObject({ name: 'ClusterFailure', reason });
    },
  );

  it('the next attempt finds a deletion whose response was lost', async () => {
    const cluster = clusterOf(node());
    cluster.loseAnswer('deleteNode');
    await expect(remove(cluster)).rejects.toMatchObject({ reason: 'Unreachable' });
    await remove(cluster, { attempt: 2 });
    expect(cluster.argsOf('deleteNode')).toHaveLength(1);
  });
});
