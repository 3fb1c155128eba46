import { describe, expect, it } from '@jest/globals';
import { changeNode } from '../../../src/activities/node/change-node.ts';
import { ClusterFailure } from '../../../src/ports/cluster-failure.ts';
import { node } from '../../builders/node.ts';
import { nodeTarget } from '../../builders/task-context.ts';
import { FakeCluster } from '../../fakes/fake-cluster.ts';
import { conflict } from '../../fakes/fake-collection.ts';

const CORDON = { unschedulable: true } as const;

describe('changeNode', () => {
  it('writes what was decided and returns the Node after it', async () => {
    const cluster = new FakeCluster({ nodes: [node()] });
    await expect(changeNode(cluster, nodeTarget(), () => CORDON)).resolves.toMatchObject(CORDON);
    expect(cluster.nodes.find('node-1')).toMatchObject(CORDON);
  });

  it('writes nothing when nothing is to be done', async () => {
    const cluster = new FakeCluster({ nodes: [node()] });
    await expect(changeNode(cluster, nodeTarget(), () => 'nothing')).resolves.toMatchObject({ name: 'node-1' });
    expect(cluster.argsOf('patchNode')).toEqual([]);
  });

  it('decides anew on the Node as it is after a conflict', async () => {
    const cluster = new FakeCluster({ nodes: [node()] });
    cluster.before('patchNode', () => cluster.nodes.store(node({ annotations: { theirs: 'yes' } })));
    const seen: unknown[] = [];
    await changeNode(cluster, nodeTarget(), (found) => {
      seen.push(found?.annotations);
      return CORDON;
    });
    expect(seen).toEqual([{}, { theirs: 'yes' }]);
    expect(cluster.nodes.find('node-1')).toMatchObject({ unschedulable: true, annotations: { theirs: 'yes' } });
  });

  it('a Node that goes away before the write is decided on as gone', async () => {
    const cluster = new FakeCluster({ nodes: [node()] });
    cluster.before('patchNode', () => {
      cluster.nodes.drop('node-1');
    });
    await expect(changeNode(cluster, nodeTarget(), (found) => (found ? CORDON : 'nothing'))).resolves.toBeUndefined();
  });

  it('a Node of that name with another UID counts as gone and is not written', async () => {
    const cluster = new FakeCluster({ nodes: [node({ uid: 'uid-new' })] });
    await expect(changeNode(cluster, nodeTarget(), () => CORDON)).resolves.toBeUndefined();
    expect(cluster.argsOf('patchNode')).toEqual([]);
  });

  it('gives up after 20 conflicts', async () => {
    const cluster = new FakeCluster({ nodes: [node()] });
    cluster.fail('patchNode', conflict('node-1'), 30);
    await expect(changeNode(cluster, nodeTarget(), () => CORDON)).rejects.toMatchObject({ reason: 'Conflict' });
    expect(cluster.argsOf('patchNode')).toHaveLength(20);
  });

  it('any other failure is thrown at once', async () => {
    const cluster = new FakeCluster({ nodes: [node()] });
    cluster.fail('patchNode', new ClusterFailure('Forbidden', 'no', 403));
    await expect(changeNode(cluster, nodeTarget(), () => CORDON)).rejects.toMatchObject({ reason: 'Forbidden' });
    expect(cluster.argsOf('patchNode')).toHaveLength(1);
  });
});
