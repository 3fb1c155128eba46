import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { CancelledFailure } from '@temporalio/common';
import type { MockActivityEnvironment } from '@temporalio/testing';
import { awaitNodeStaysGone } from '../../../src/activities/node/await-node-stays-gone.ts';
import type { NodeGone } from '../../../src/activities/node/node-came-back.ts';
import type { NodeFacts } from '../../../src/domain/cluster/facts.ts';
import { ClusterFailure } from '../../../src/ports/cluster-failure.ts';
import { activityDependencies } from '../../builders/activity-dependencies.ts';
import { node } from '../../builders/node.ts';
import { activityEnvironment, runIn } from '../../builders/run-activity.ts';
import { nodeTarget, taskContext } from '../../builders/task-context.ts';
import { FakeCluster } from '../../fakes/fake-cluster.ts';

const START = Date.parse('2026-01-02T00:00:00.000Z');

let cluster: FakeCluster;
let environment: MockActivityEnvironment;

const begin = (nodes: readonly NodeFacts[] = [], seconds = 60, isReturnSeen = false): Promise<NodeGone> => {
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

beforeEach(() => {
  jest.useFakeTimers({ now: START });
});

afterEach(() => {
  expect(cluster.followerCount).toBe(0);
  expect(jest.getTimerCount()).toBe(0);
  jest.useRealTimers();
});

describe('awaitNodeStaysGone', () => {
  it('watches until the end, heartbeats, and looks once more', async () => {
    const ended = begin();
    let heartbeats = 0;
    environment.on('heartbeat', () => (heartbeats += 1));
    await jest.advanceTimersByTimeAsync(59_999);
    expect(cluster.argsOf('readNode')).toHaveLength(0);
    await jest.advanceTimersByTimeAsync(1);
    await expect(ended).resolves.toEqual({ notes: [] });
    expect(cluster.argsOf('readNode')).toHaveLength(1);
    expect(heartbeats).toBeGreaterThanOrEqual(11);
  });

  it('a Node of the same machine fails it at once', async () => {
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

  it('a Node of another machine is a note, not a come-back', async () => {
    const ended = begin();
    await jest.advanceTimersByTimeAsync(1000);
    cluster.nodes.change(node({ uid: 'uid-new', machineID: 'machine-2' }));
    await jest.advanceTimersByTimeAsync(59_000);
    await expect(ended).resolves.toEqual({
      notes: [expect.stringContaining('another machine registered as node node-1')],
    });
  });

  it('the removed machine that takes over the Node of another fails it', async () => {
    const ended = begin([node({ uid: 'uid-new', machineID: 'machine-2' })]);
    await jest.advanceTimersByTimeAsync(0);
    cluster.nodes.sync();
    await jest.advanceTimersByTimeAsync(1000);
    cluster.nodes.change(node({ uid: 'uid-new', machineID: 'machine-1' }));
    await expect(ended).rejects.toMatchObject({ type: 'NodeCameBack' });
  });

  it('a machine that has not said its ID yet gets until the end to say it', async () => {
    const ended = begin();
    await jest.advanceTimersByTimeAsync(1000);
    cluster.nodes.change(node({ uid: 'uid-new' }));
    await jest.advanceTimersByTimeAsync(1000);
    cluster.nodes.change(node({ uid: 'uid-new', machineID: 'machine-2' }));
    await jest.advanceTimersByTimeAsync(58_000);
    await expect(ended).resolves.toEqual({ notes: [expect.stringContaining('machine-2')] });
  });

  it('a machine that never says its ID fails it at the end: a person has to look', async () => {
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

  it('a machine that never says its ID is a note once a person has looked', async () => {
    const ended = begin([node({ uid: 'uid-new' })], 60, true);
    await jest.advanceTimersByTimeAsync(60_000);
    await expect(ended).resolves.toEqual({ notes: [expect.stringContaining('an operator resumed the run')] });
  });

  it('a Node of another name is nobody’s business', async () => {
    const ended = begin();
    await jest.advanceTimersByTimeAsync(0);
    cluster.nodes.change(node({ name: 'node-2' }));
    await jest.advanceTimersByTimeAsync(60_000);
    await ended;
  });

  it('a Node that the first list shows fails it', async () => {
    const ended = begin([node({ uid: 'uid-new', machineID: 'machine-1' })]);
    await jest.advanceTimersByTimeAsync(0);
    cluster.nodes.sync();
    await expect(ended).rejects.toMatchObject({ type: 'NodeCameBack' });
  });

  it('a Node that only the last look shows fails it too', async () => {
    const ended = begin([node({ uid: 'uid-new' })]);
    await jest.advanceTimersByTimeAsync(0);
    cluster.nodes.trouble(new ClusterFailure('Unreachable', 'no answer'));
    await jest.advanceTimersByTimeAsync(60_000);
    await expect(ended).rejects.toMatchObject({ type: 'NodeCameBack' });
  });

  it('with the time over already, the last look decides', async () => {
    const ended = begin([], -10);
    await jest.advanceTimersByTimeAsync(0);
    await expect(ended).resolves.toEqual({ notes: [] });
    expect(cluster.argsOf('readNode')).toHaveLength(1);
  });

  it('a cancel ends it', async () => {
    const ended = begin();
    await jest.advanceTimersByTimeAsync(0);
    environment.cancel();
    await expect(ended).rejects.toBeInstanceOf(CancelledFailure);
  });
});
