import { describe, expect, it, jest } from '@jest/globals';
import { CancelledFailure } from '@temporalio/common';
import type { MockActivityEnvironment } from '@temporalio/testing';
import { awaitNodeStaysGone, type NodeStayedGone } from '../../../src/activities/node/await-node-stays-gone.ts';
import type { NodeFacts } from '../../../src/domain/cluster/facts.ts';
import { ClusterFailure } from '../../../src/ports/cluster-failure.ts';
import { activityDependencies } from '../../builders/activity-dependencies.ts';
import { node } from '../../builders/node.ts';
import { nodeObject } from '../../builders/node-object.ts';
import { activityEnvironment, runIn } from '../../builders/run-activity.ts';
import { nodeTarget, taskContext } from '../../builders/task-context.ts';
import { FakeCluster } from '../../fakes/fake-cluster.ts';
import { START, useFakeClock } from '../../fakes/fake-clock.ts';

const NOTHING = { objects: [], unread: [] };

let cluster: FakeCluster;
let environment: MockActivityEnvironment;

const begin = (nodes: readonly NodeFacts[] = [], seconds = 60, isReturnSeen = false): Promise<NodeStayedGone> => {
  cluster = new FakeCluster({ nodes });
  environment = activityEnvironment();
  const activity = awaitNodeStaysGone(activityDependencies(cluster));
  const ended = runIn(
    environment,
    activity,
    taskContext(),
    nodeTarget({ machineID: 'machine-1' }),
    START + seconds * 1000,
    isReturnSeen,
  );
  ended.catch(() => undefined);
  return ended;
};

useFakeClock(() => cluster);

describe('awaitNodeStaysGone', () => {
  it('watches until the end, heartbeats, and reads the Node once more', async () => {
    const ended = begin();
    let heartbeats = 0;
    environment.on('heartbeat', () => (heartbeats += 1));
    await jest.advanceTimersByTimeAsync(59_999);
    expect(cluster.argsOf('readNode')).toHaveLength(0);
    await jest.advanceTimersByTimeAsync(1);
    await expect(ended).resolves.toEqual({ notes: [], remaining: NOTHING });
    expect(cluster.argsOf('readNode')).toHaveLength(1);
    expect(heartbeats).toBeGreaterThanOrEqual(11);
  });

  it('fails at once for a Node of the same machine', async () => {
    const ended = begin();
    await jest.advanceTimersByTimeAsync(1000);
    cluster.nodes.change(node({ uid: 'uid-new', machineID: 'machine-1' }));
    await expect(ended).rejects.toMatchObject({
      type: 'NodeCameBack',
      retryable: false,
      message: expect.stringContaining('the same machine registered as node node-1'),
    });
    expect(Date.now()).toBe(START + 1000);
  });

  it('a Node of another machine is a note, not a return', async () => {
    const ended = begin();
    await jest.advanceTimersByTimeAsync(1000);
    cluster.nodes.change(node({ uid: 'uid-new', machineID: 'machine-2' }));
    await jest.advanceTimersByTimeAsync(59_000);
    await expect(ended).resolves.toEqual({
      notes: [expect.stringContaining('another machine registered as node node-1')],
    });
  });

  it('fails when the removed machine takes over the Node of another', async () => {
    const ended = begin([node({ uid: 'uid-new', machineID: 'machine-2' })]);
    await jest.advanceTimersByTimeAsync(0);
    cluster.nodes.sync();
    await jest.advanceTimersByTimeAsync(1000);
    cluster.nodes.change(node({ uid: 'uid-new', machineID: 'machine-1' }));
    await expect(ended).rejects.toMatchObject({ type: 'NodeCameBack' });
  });

  it('a machine without an ID has until the end to report it', async () => {
    const ended = begin();
    await jest.advanceTimersByTimeAsync(1000);
    cluster.nodes.change(node({ uid: 'uid-new' }));
    await jest.advanceTimersByTimeAsync(1000);
    cluster.nodes.change(node({ uid: 'uid-new', machineID: 'machine-2' }));
    await jest.advanceTimersByTimeAsync(58_000);
    await expect(ended).resolves.toEqual({ notes: [expect.stringContaining('machine-2')] });
  });

  it('fails at the end for a machine that never reports its ID: an operator has to check', async () => {
    const ended = begin([node({ uid: 'uid-new' })]);
    await jest.advanceTimersByTimeAsync(0);
    cluster.nodes.sync();
    await jest.advanceTimersByTimeAsync(60_000);
    await expect(ended).rejects.toMatchObject({
      type: 'NodeCameBack',
      retryable: false,
      message: expect.stringContaining('Identify the machine first'),
    });
  });

  it('a machine that never reports its ID is a note after an operator has checked', async () => {
    const ended = begin([node({ uid: 'uid-new' })], 60, true);
    await jest.advanceTimersByTimeAsync(60_000);
    await expect(ended).resolves.toEqual({ notes: [expect.stringContaining('an operator resumed the run')] });
  });

  it('ignores a Node of another name', async () => {
    const ended = begin();
    await jest.advanceTimersByTimeAsync(0);
    cluster.nodes.change(node({ name: 'node-2' }));
    await jest.advanceTimersByTimeAsync(60_000);
    await ended;
  });

  it('fails for a Node that the first LIST shows', async () => {
    const ended = begin([node({ uid: 'uid-new', machineID: 'machine-1' })]);
    await jest.advanceTimersByTimeAsync(0);
    cluster.nodes.sync();
    await expect(ended).rejects.toMatchObject({ type: 'NodeCameBack' });
  });

  it('fails for a Node that only the final read shows', async () => {
    const ended = begin([node({ uid: 'uid-new' })]);
    await jest.advanceTimersByTimeAsync(0);
    cluster.nodes.trouble(new ClusterFailure('Unreachable', 'no response'));
    await jest.advanceTimersByTimeAsync(60_000);
    await expect(ended).rejects.toMatchObject({ type: 'NodeCameBack' });
  });

  it('decides by the final read when the time is already over', async () => {
    const ended = begin([], -10);
    await jest.advanceTimersByTimeAsync(0);
    await expect(ended).resolves.toEqual({ notes: [], remaining: NOTHING });
    expect(cluster.argsOf('readNode')).toHaveLength(1);
  });

  it('reads what other components keep once, after the Node has stayed gone', async () => {
    const ended = begin();
    cluster.nodeObjects = { objects: [nodeObject({ kind: 'CiliumNode' })], unread: [{ kind: 'Lease', reason: 'no' }] };
    await jest.advanceTimersByTimeAsync(59_999);
    expect(cluster.argsOf('readNodeObjects')).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    await expect(ended).resolves.toMatchObject({
      remaining: { objects: [{ kind: 'CiliumNode', name: 'node-1' }], unread: [{ kind: 'Lease', reason: 'no' }] },
    });
    expect(cluster.argsOf('readNodeObjects')).toEqual([['node-1']]);
  });

  it('reads nothing where another machine has the name', async () => {
    const ended = begin([node({ uid: 'uid-new', machineID: 'machine-2' })]);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(await ended).not.toHaveProperty('remaining');
    expect(cluster.argsOf('readNodeObjects')).toEqual([]);
  });

  it('gives the garbage collector a moment', async () => {
    const ended = begin();
    const { nodeUid } = nodeTarget();
    cluster.nodeObjects = { objects: [nodeObject({ ownerUids: [nodeUid] })], unread: [] };
    await jest.advanceTimersByTimeAsync(61_500);
    cluster.nodeObjects = { objects: [], unread: [] };
    await jest.advanceTimersByTimeAsync(500);
    await expect(ended).resolves.toEqual({ notes: [], remaining: NOTHING });
    expect(cluster.argsOf('readNodeObjects')).toHaveLength(3);
  });

  it('names after five seconds what the garbage collector does not delete', async () => {
    const ended = begin();
    const { nodeUid } = nodeTarget();
    cluster.nodeObjects = { objects: [nodeObject({ ownerUids: [nodeUid] })], unread: [] };
    await jest.advanceTimersByTimeAsync(65_000);
    await expect(ended).resolves.toMatchObject({
      remaining: { objects: [{ kind: 'CSINode', advice: expect.stringContaining('garbage collector') }] },
    });
    expect(cluster.argsOf('readNodeObjects')).toHaveLength(6);
  });

  it('does not take requests that its cancellation has aborted for what remains', async () => {
    const ended = begin();
    cluster.before('readNodeObjects', () => {
      environment.cancel();
    });
    await jest.advanceTimersByTimeAsync(60_000);
    await expect(ended).rejects.toBeInstanceOf(CancelledFailure);
  });

  it('ends when it is cancelled', async () => {
    const ended = begin();
    await jest.advanceTimersByTimeAsync(0);
    environment.cancel();
    await expect(ended).rejects.toBeInstanceOf(CancelledFailure);
  });
});
