import { describe, expect, it } from '@jest/globals';
import { readReturnedNodes } from '../../../src/activities/node/read-returned-nodes.ts';
import type { NodeFacts } from '../../../src/domain/cluster/facts.ts';
import { ClusterFailure } from '../../../src/ports/cluster-failure.ts';
import { activityDependencies } from '../../builders/activity-dependencies.ts';
import { node } from '../../builders/node.ts';
import { nodeTarget, taskContext } from '../../builders/task-context.ts';
import { FakeCluster } from '../../fakes/fake-cluster.ts';

const TARGETS = ['a', 'b', 'c'].map((name) =>
  nodeTarget({ nodeName: name, nodeUid: `old-${name}`, machineID: `machine-${name}` }),
);

const read = (cluster: FakeCluster, isReturnSeen = false) =>
  readReturnedNodes(activityDependencies(cluster))(taskContext(), TARGETS, isReturnSeen);

const recreated = (name: string, machineID: string): NodeFacts => node({ name, uid: `new-${name}`, machineID });

describe('readReturnedNodes', () => {
  it('returns nothing when no Node is back', async () => {
    await expect(read(new FakeCluster({ nodes: [node({ name: 'd' })] }))).resolves.toEqual([]);
  });

  it('describes each Node that is there', async () => {
    const cluster = new FakeCluster({
      nodes: [recreated('a', 'machine-a'), recreated('b', 'machine-z'), recreated('c', '')],
    });
    await expect(read(cluster)).resolves.toEqual([
      { nodeName: 'a', isReturn: true, message: expect.stringContaining('the same machine') },
      { nodeName: 'b', isReturn: false, message: expect.stringContaining('another machine') },
      { nodeName: 'c', isReturn: true, message: expect.stringContaining('Identify the machine first') },
    ]);
  });

  it('accepts an operator’s confirmation where machine IDs are missing', async () => {
    const cluster = new FakeCluster({ nodes: [recreated('c', '')] });
    await expect(read(cluster, true)).resolves.toMatchObject([{ nodeName: 'c', isReturn: false }]);
  });

  it('an old Node that was never deleted counts as a return, too', async () => {
    const cluster = new FakeCluster({ nodes: [node({ name: 'a', uid: 'old-a', machineID: 'machine-a' })] });
    await expect(read(cluster)).resolves.toMatchObject([{ nodeName: 'a', isReturn: true }]);
  });

  it('a read without a response is retryable', async () => {
    const cluster = new FakeCluster();
    cluster.fail('readNode', new ClusterFailure('Unreachable', 'no response'));
    await expect(read(cluster)).rejects.toMatchObject({ reason: 'Unreachable' });
  });

  it('many names take one LIST', async () => {
    const cluster = new FakeCluster({ nodes: [recreated('n-7', 'machine-n-7')] });
    const targets = Array.from({ length: 21 }, (_, index) =>
      nodeTarget({ nodeName: `n-${index}`, nodeUid: `old-n-${index}`, machineID: `machine-n-${index}` }),
    );
    const returned = await readReturnedNodes(activityDependencies(cluster))(taskContext(), targets, false);
    expect(returned).toMatchObject([{ nodeName: 'n-7', isReturn: true }]);
    expect([cluster.argsOf('readNodes').length, cluster.argsOf('readNode').length]).toEqual([1, 0]);
  });
});
