import { describe, expect, it } from '@jest/globals';
import { changeNode, changeSeenNode } from '../../../src/activities/node/change-node.ts';
import { refreshNode, rememberNode } from '../../../src/activities/node/seen-nodes.ts';
import { DecommissionFailure } from '../../../src/domain/run/failures.ts';
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

describe('changeSeenNode', () => {
  const readCount = (cluster: FakeCluster): number => cluster.argsOf('readNode').length;
  const seenIn = (overrides: Parameters<typeof node>[0] = {}): FakeCluster => {
    const cluster = new FakeCluster({ nodes: [node(overrides)] });
    rememberNode(cluster, cluster.nodes.find('node-1')!);
    return cluster;
  };

  it('writes to a Node as it was seen, without a read', async () => {
    const cluster = seenIn();
    await expect(changeSeenNode(cluster, nodeTarget(), () => CORDON)).resolves.toMatchObject(CORDON);
    expect(readCount(cluster)).toBe(0);
  });

  it('has seen what it wrote itself, and what a watch shows of it', async () => {
    const cluster = seenIn();
    await changeSeenNode(cluster, nodeTarget(), () => CORDON);
    await changeSeenNode(cluster, nodeTarget(), () => ({ annotations: { ours: 'yes' } }));
    refreshNode(cluster, cluster.nodes.store(node({ annotations: { theirs: 'yes' } })));
    await changeSeenNode(cluster, nodeTarget(), (found) => ({
      annotations: { copy: found?.annotations['theirs'] ?? '' },
    }));
    expect(cluster.nodes.find('node-1')?.annotations).toEqual({ theirs: 'yes', copy: 'yes' });
    expect(readCount(cluster)).toBe(0);
  });

  it('decides again on the current Node when it has changed since', async () => {
    const cluster = seenIn();
    cluster.nodes.store(node({ annotations: { theirs: 'yes' } }));
    const seen: unknown[] = [];
    await changeSeenNode(cluster, nodeTarget(), (found) => {
      seen.push(found?.annotations);
      return CORDON;
    });
    expect(seen).toEqual([{}, { theirs: 'yes' }]);
    expect(cluster.nodes.find('node-1')).toMatchObject({ unschedulable: true, annotations: { theirs: 'yes' } });
  });

  it('a Node that is gone since is gone', async () => {
    const cluster = seenIn();
    cluster.nodes.drop('node-1');
    await expect(
      changeSeenNode(cluster, nodeTarget(), (found) => (found ? CORDON : 'nothing')),
    ).resolves.toBeUndefined();
  });

  it('reads before it believes that there is nothing to write', async () => {
    const cluster = seenIn({ unschedulable: true });
    cluster.nodes.store(node());
    await changeSeenNode(cluster, nodeTarget(), (found) => (found?.unschedulable === true ? 'nothing' : CORDON));
    expect(cluster.nodes.find('node-1')).toMatchObject(CORDON);
  });

  it('reads before it believes a refusal', async () => {
    const cluster = seenIn({ annotations: { locked: 'yes' } });
    cluster.nodes.store(node());
    await changeSeenNode(cluster, nodeTarget(), (found) => {
      if (found?.annotations['locked'] !== undefined) throw new DecommissionFailure('LockLost', 'locked');
      return CORDON;
    });
    expect(cluster.nodes.find('node-1')).toMatchObject(CORDON);
  });

  it('a write whose response is lost fails, and the next one reads', async () => {
    const cluster = seenIn();
    cluster.loseAnswer('patchNode');
    await expect(changeSeenNode(cluster, nodeTarget(), () => CORDON)).rejects.toMatchObject({ reason: 'Unreachable' });
    await changeSeenNode(cluster, nodeTarget(), () => 'nothing');
    expect(readCount(cluster)).toBe(1);
  });

  it('a Node of another UID was not seen', async () => {
    const cluster = seenIn({ uid: 'uid-old' });
    cluster.nodes.store(node());
    await changeSeenNode(cluster, nodeTarget(), () => CORDON);
    expect(readCount(cluster)).toBe(1);
  });
});
