import { describe, expect, it } from '@jest/globals';
import { changeNode } from '../../../src/activities/node/change-node.ts';
import { ClusterFailure } from '../../../src/ports/cluster-failure.ts';
import { node } from '../../builders/node.ts';
import { nodeTarget } from '../../builders/task-context.ts';
import { FakeCluster } from '../../fakes/fake-cluster.ts';
import { conflict } from '../../fakes/fake-collection.ts';

const CORDON = { unschedulable: true } as const;

describe('changeNode', () => {
  it('writes the change and returns the changed Node', async () => {
    const cluster = new FakeCluster({ nodes: [node()] });
    await expect(changeNode(cluster, nodeTarget(), () => CORDON)).resolves.toMatchObject(CORDON);
    expect(cluster.nodes.find('node-1')).toMatchObject(CORDON);
  });

  it('writes nothing without a change', async () => {
    const cluster = new FakeCluster({ nodes: [node()] });
    await expect(changeNode(cluster, nodeTarget(), () => 'nothing')).resolves.toMatchObject({ name: 'node-1' });
    expect(cluster.argsOf('patchNode')).toEqual([]);
  });

  it('decides again on the current Node after a conflict', async () => {
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

  it('treats a Node that is deleted before the write as gone', async () => {
    const cluster = new FakeCluster({ nodes: [node()] });
    cluster.before('patchNode', () => {
      cluster.nodes.drop('node-1');
    });
    await expect(changeNode(cluster, nodeTarget(), (found) => (found ? CORDON : 'nothing'))).resolves.toBeUndefined();
  });

  it('treats a Node of that name with another UID as gone and does not write it', async () => {
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

  it('throws any other failure at once', async () => {
    const cluster = new FakeCluster({ nodes: [node()] });
    cluster.fail('patchNode', new ClusterFailure('Forbidden', 'no', 403));
    await expect(changeNode(cluster, nodeTarget(), () => CORDON)).rejects.toMatchObject({ reason: 'Forbidden' });
    expect(cluster.argsOf('patchNode')).toHaveLength(1);
  });
});
