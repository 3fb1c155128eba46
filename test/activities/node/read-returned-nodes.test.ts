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

const anew = (name: string, machineID: string): NodeFacts => node({ name, uid: `new-${name}`, machineID });

describe('readReturnedNodes', () => {
  it('all that stayed gone: nothing', async () => {
    await expect(read(new FakeCluster({ nodes: [node({ name: 'd' })] }))).resolves.toEqual([]);
  });

  it('says of each that is there what it is', async () => {
    const cluster = new FakeCluster({ nodes: [anew('a', 'machine-a'), anew('b', 'machine-z'), anew('c', '')] });
    await expect(read(cluster)).resolves.toEqual([
      { nodeName: 'a', isReturn: true, message: expect.stringContaining('the same machine') },
      { nodeName: 'b', isReturn: false, message: expect.stringContaining('another machine') },
      { nodeName: 'c', isReturn: true, message: expect.stringContaining('Identify the machine first') },
    ]);
  });

  it('takes a person’s word for what no machine ID can tell', async () => {
    const cluster = new FakeCluster({ nodes: [anew('c', '')] });
    await expect(read(cluster, true)).resolves.toMatchObject([{ nodeName: 'c', isReturn: false }]);
  });

  it('an old Node that is still there never went, which is a return too', async () => {
    const cluster = new FakeCluster({ nodes: [node({ name: 'a', uid: 'old-a', machineID: 'machine-a' })] });
    await expect(read(cluster)).resolves.toMatchObject([{ nodeName: 'a', isReturn: true }]);
  });

  it('no answer is worth another try', async () => {
    const cluster = new FakeCluster();
    cluster.fail('readNode', new ClusterFailure('Unreachable', 'no answer'));
    await expect(read(cluster)).rejects.toMatchObject({ reason: 'Unreachable' });
  });
});
