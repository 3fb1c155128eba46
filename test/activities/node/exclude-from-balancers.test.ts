import { describe, expect, it } from '@jest/globals';
import { uncordonNode } from '../../../src/activities/node/cordon-node.ts';
import { excludeFromBalancers } from '../../../src/activities/node/exclude-from-balancers.ts';
import { EXCLUDE_BALANCERS_LABEL } from '../../../src/domain/cluster/annotations.ts';
import type { NodeFacts } from '../../../src/domain/cluster/facts.ts';
import { activityDependencies } from '../../builders/activity-dependencies.ts';
import { heldNode } from '../../builders/owned-node.ts';
import { nodeTarget, taskContext } from '../../builders/task-context.ts';
import { FakeCluster } from '../../fakes/fake-cluster.ts';

const arrange = (given: Partial<NodeFacts> = {}) => {
  const cluster = new FakeCluster({ nodes: [heldNode(given)] });
  const dependencies = activityDependencies(cluster);
  return {
    cluster,
    exclude: () => excludeFromBalancers(dependencies)(taskContext(), nodeTarget()),
    undo: () => uncordonNode(dependencies)(taskContext(), nodeTarget()),
    labels: () => cluster.nodes.find('node-1')?.labels,
  };
};

describe('excludeFromBalancers', () => {
  it.each([
    ['is removed by the undo', {}, true, '42', undefined],
    ['of another client stays', { [EXCLUDE_BALANCERS_LABEL]: 'true' }, false, 'true', 'true'],
  ])('writes at most once, and a label that %s', async (_what, labels, isOurs, during, after) => {
    const { cluster, exclude, undo, labels: now } = arrange({ labels: { ...labels, zone: 'a' } });
    expect([await exclude(), await exclude()]).toEqual([isOurs, isOurs]);
    expect(cluster.argsOf('patchNode')).toHaveLength(isOurs ? 1 : 0);
    expect(now()?.[EXCLUDE_BALANCERS_LABEL]).toBe(during);
    await undo();
    expect(now()?.[EXCLUDE_BALANCERS_LABEL]).toBe(after);
    expect(now()).toHaveProperty('zone', 'a');
  });

  it.each([
    ['uncordoned', { unschedulable: false }, 'CordonLost'],
    ['unlocked', { annotations: {} }, 'LockLost'],
  ])('writes nothing on a node that was %s', async (_how, given, type) => {
    const { cluster, exclude } = arrange(given);
    await expect(exclude()).rejects.toMatchObject({ type });
    expect(cluster.argsOf('patchNode')).toEqual([]);
  });
});
