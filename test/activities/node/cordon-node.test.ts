import { describe, expect, it } from '@jest/globals';
import { cordonNode, releaseNodeKeepingCordon, uncordonNode } from '../../../src/activities/node/cordon-node.ts';
import type { NodeFacts } from '../../../src/domain/cluster/facts.ts';
import {
  DRAINED_ANNOTATION,
  LOCK_ANNOTATION,
  OWNER_TASK_ANNOTATION,
  POINT_OF_NO_RETURN_ANNOTATION,
  REASON_ANNOTATION,
  SCALE_DOWN_DISABLED_ANNOTATION,
} from '../../../src/domain/cluster/annotations.ts';
import { toLockText } from '../../../src/domain/node/lock.ts';
import { ClusterFailure } from '../../../src/ports/cluster-failure.ts';
import { activityDependencies } from '../../builders/activity-dependencies.ts';
import { lockHolder } from '../../builders/lock-holder.ts';
import { node } from '../../builders/node.ts';
import { nodeTarget, taskContext } from '../../builders/task-context.ts';
import { FakeCluster } from '../../fakes/fake-cluster.ts';

const context = taskContext({ reason: 'old hardware' });

const prepare = (given: NodeFacts = node()) => {
  const cluster = new FakeCluster({ nodes: [given] });
  return { cluster, dependencies: activityDependencies(cluster), now: () => cluster.nodes.find('node-1')! };
};

const cordoned = async (given: NodeFacts = node()) => {
  const prepared = prepare(given);
  await cordonNode(prepared.dependencies)(context, nodeTarget());
  return prepared;
};

describe('cordonNode', () => {
  it('cordons and annotates in one write', async () => {
    const { cluster, now } = await cordoned();
    expect(cluster.argsOf('patchNode')).toHaveLength(1);
    expect(now().unschedulable).toBe(true);
    expect(now().annotations).toMatchObject({
      [OWNER_TASK_ANNOTATION]: '42',
      [REASON_ANNOTATION]: 'old hardware',
      [SCALE_DOWN_DISABLED_ANNOTATION]: 'true',
      NodeDrainTask42: 'processing',
    });
  });

  it('returns the earlier state, also when the response of the write was lost', async () => {
    const before = node({ unschedulable: true, annotations: { [SCALE_DOWN_DISABLED_ANNOTATION]: 'false' } });
    const { dependencies } = prepare(before);
    const earlier = {
      unschedulable: true,
      annotations: expect.objectContaining({
        [SCALE_DOWN_DISABLED_ANNOTATION]: 'false',
        [OWNER_TASK_ANNOTATION]: null,
      }),
    };
    for (const _attempt of [1, 2]) {
      await expect(cordonNode(dependencies)(context, nodeTarget())).resolves.toEqual({ earlier });
    }
  });

  it.each([
    ['another task', { taskId: '43', workflowId: 'decommission/default/task/43' }, true],
    ['this task', {}, false],
    // Its own workflow still runs, and is adopted.
    ['an earlier run of this task', { firstExecutionRunId: 'run-0' }, false],
    ['an earlier run of this task with another workflow id', { workflowId: 'my-own-id' }, false],
  ])('of a node that is locked by %s', async (_who, holder, isRefused) => {
    const annotations = { [LOCK_ANNOTATION]: toLockText(lockHolder(holder)) };
    const { dependencies, now } = prepare(node({ annotations }));
    const ended = cordonNode(dependencies)(context, nodeTarget());
    if (isRefused) await expect(ended).rejects.toMatchObject({ type: 'LockLost' });
    else await ended;
    expect(now().unschedulable).toBe(!isRefused);
    expect(OWNER_TASK_ANNOTATION in now().annotations).toBe(!isRefused);
  });

  it('does not return earlier values that are too long for a history', async () => {
    const { dependencies } = prepare(node({ annotations: { [SCALE_DOWN_DISABLED_ANNOTATION]: 'x'.repeat(5000) } }));
    await expect(cordonNode(dependencies)(context, nodeTarget())).resolves.toEqual({});
  });

  it('writes nothing the second time', async () => {
    const { cluster, dependencies } = await cordoned();
    await cordonNode(dependencies)(context, nodeTarget());
    expect(cluster.argsOf('patchNode')).toHaveLength(1);
  });

  it('G4: a cordon that the API server denies fails, and leaves the node as it was', async () => {
    const { cluster, dependencies, now } = prepare();
    const before = now();
    cluster.fail('patchNode', new ClusterFailure('Denied', 'this node stays in service', 422));
    await expect(cordonNode(dependencies)(context, nodeTarget())).rejects.toMatchObject({
      reason: 'Denied',
      retryable: false,
    });
    expect(now()).toEqual(before);
  });

  it('uncordoned since: CordonLost', async () => {
    const { cluster, dependencies, now } = await cordoned();
    cluster.nodes.store({ ...now(), unschedulable: false });
    const failing = cordonNode(dependencies)(context, nodeTarget());
    await expect(failing).rejects.toMatchObject({
      type: 'CordonLost',
      retryable: false,
      message: expect.stringContaining(`${SCALE_DOWN_DISABLED_ANNOTATION}- `),
    });
  });

  it('leaves another Node of that name untouched: NodeChanged', async () => {
    const { cluster, dependencies } = prepare(node({ uid: 'uid-new' }));
    const failing = cordonNode(dependencies)(context, nodeTarget());
    await expect(failing).rejects.toMatchObject({ type: 'NodeChanged', retryable: false });
    expect(cluster.argsOf('patchNode')).toEqual([]);
  });
});

describe('uncordonNode', () => {
  const befores: [name: string, before: NodeFacts][] = [
    ['schedulable', node()],
    ['cordoned by another client', node({ unschedulable: true, annotations: { theirs: 'yes' } })],
    ['marked for the autoscaler', node({ annotations: { [SCALE_DOWN_DISABLED_ANNOTATION]: 'false' } })],
  ];
  it.each(befores)('restores a node that was %s exactly', async (_name, before) => {
    const { dependencies, now } = await cordoned(before);
    const report = await uncordonNode(dependencies)(context, nodeTarget());
    expect(report.status).not.toBe('Kept');
    expect(now()).toEqual({ ...before, resourceVersion: now().resourceVersion });
  });

  it('has nothing to do the second time', async () => {
    const { cluster, dependencies } = await cordoned();
    await uncordonNode(dependencies)(context, nodeTarget());
    await expect(uncordonNode(dependencies)(context, nodeTarget())).resolves.toMatchObject({ status: 'NothingToDo' });
    expect(cluster.argsOf('patchNode')).toHaveLength(2);
  });

  it('keeps and reports a change by another client', async () => {
    const { cluster, dependencies, now } = await cordoned();
    cluster.nodes.store({ ...now(), annotations: { ...now().annotations, [REASON_ANNOTATION]: 'theirs' } });
    const report = await uncordonNode(dependencies)(context, nodeTarget());
    expect(report).toMatchObject({ status: 'Kept', message: expect.stringContaining(REASON_ANNOTATION) });
    expect(now().unschedulable).toBe(false);
    expect(now().annotations).toEqual({ [REASON_ANNOTATION]: 'theirs' });
  });

  it.each(['2026-01-02T03:04:05.000Z', ''])('leaves a node as it is past its point of no return (%j)', async (at) => {
    const { cluster, dependencies, now } = await cordoned();
    cluster.nodes.store({ ...now(), annotations: { ...now().annotations, [POINT_OF_NO_RETURN_ANNOTATION]: at } });
    const before = now();
    await expect(uncordonNode(dependencies)(context, nodeTarget())).resolves.toMatchObject({
      status: 'Failed',
      message: expect.stringContaining('Start the same request again'),
      commands: ['kubectl get node node-1'],
    });
    expect(now()).toEqual(before);
  });

  it('reports a Node that is deleted meanwhile as gone, not undone', async () => {
    const { cluster, dependencies } = await cordoned();
    cluster.before('patchNode', () => {
      cluster.nodes.drop('node-1');
    });
    await expect(uncordonNode(dependencies)(context, nodeTarget())).resolves.toEqual({
      action: 'uncordon node node-1',
      status: 'NothingToDo',
      message: 'the Node with that UID no longer exists',
    });
  });
});

describe('releaseNodeKeepingCordon', () => {
  it('removes the annotations, leaves the cordon, and records whose it is', async () => {
    const { dependencies, now } = await cordoned(node({ annotations: { theirs: 'yes' } }));
    const report = await releaseNodeKeepingCordon(dependencies)(context, nodeTarget());
    expect(report).toEqual({
      status: 'Undone',
      action: "remove this task's annotations from node node-1, leave it cordoned",
      message: 'annotations removed; the node stays cordoned; to give it back, run `node-decommission uncordon node-1`',
    });
    expect(now()).toMatchObject({ unschedulable: true, annotations: { theirs: 'yes' } });
    expect(Object.keys(now().annotations)).toEqual(['theirs', DRAINED_ANNOTATION]);
    expect(JSON.parse(now().annotations[DRAINED_ANNOTATION] ?? '')).toMatchObject({
      taskId: context.taskId,
      cordonedBefore: false,
    });
  });

  it('removes the record of the point of no return, too', async () => {
    const { cluster, dependencies, now } = await cordoned();
    cluster.nodes.store({ ...now(), annotations: { ...now().annotations, [POINT_OF_NO_RETURN_ANNOTATION]: 'then' } });
    await expect(releaseNodeKeepingCordon(dependencies)(context, nodeTarget())).resolves.toMatchObject({
      status: 'Undone',
    });
    expect(Object.keys(now().annotations)).toEqual([DRAINED_ANNOTATION]);
    expect(now().unschedulable).toBe(true);
  });

  it('has nothing to do the second time', async () => {
    const { dependencies } = await cordoned();
    await releaseNodeKeepingCordon(dependencies)(context, nodeTarget());
    await expect(releaseNodeKeepingCordon(dependencies)(context, nodeTarget())).resolves.toMatchObject({
      status: 'NothingToDo',
      message: 'no annotations to remove; the node stays cordoned',
    });
  });
});
