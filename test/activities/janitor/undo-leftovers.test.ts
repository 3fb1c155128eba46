import { describe, expect, it } from '@jest/globals';
import { cordonNode } from '../../../src/activities/node/cordon-node.ts';
import { markNodeWaiting } from '../../../src/activities/node/mark-node-waiting.ts';
import { acquireNodeLock } from '../../../src/activities/node/node-lock.ts';
import { readLeftovers } from '../../../src/activities/janitor/read-leftovers.ts';
import { undoLeftovers, type UndoConditions } from '../../../src/activities/janitor/undo-leftovers.ts';
import { toBudgetSpecHash } from '../../../src/domain/budgets/release.ts';
import {
  BUDGET_SPEC_HASH_ANNOTATION,
  LOCK_ANNOTATION,
  MANAGED_BY,
  MANAGED_BY_LABEL,
  POINT_OF_NO_RETURN_ANNOTATION,
  toTaskAnnotation,
} from '../../../src/domain/cluster/annotations.ts';
import { toLockText } from '../../../src/domain/node/lock.ts';
import { ClusterFailure } from '../../../src/ports/cluster-failure.ts';
import { activityDependencies } from '../../builders/activity-dependencies.ts';
import { budget } from '../../builders/budget.ts';
import { surgedDeployment } from '../../builders/deployment.ts';
import { lockHolder } from '../../builders/lock-holder.ts';
import { node } from '../../builders/node.ts';
import { nodeTarget, taskContext } from '../../builders/task-context.ts';
import { FakeCluster } from '../../fakes/fake-cluster.ts';
import { FakeWorkflowDirectory } from '../../fakes/fake-workflow-directory.ts';

const TASK_ID = '42';
const labelled = budget({ labels: { [MANAGED_BY_LABEL]: MANAGED_BY } });
const ownBudget = {
  ...labelled,
  annotations: {
    [toTaskAnnotation(TASK_ID)]: 'processing',
    [BUDGET_SPEC_HASH_ANNOTATION]: toBudgetSpecHash(labelled),
  },
};
const laterRun = toLockText(lockHolder({ firstExecutionRunId: 'run-2' }));

/** A cluster in which task 42 has locked and cordoned node-1, created a budget and started a second replica; then it was terminated. */
const abandon = async (state: 'closed' | 'unknown' = 'closed') => {
  const cluster = new FakeCluster({
    nodes: [node()],
    budgets: [ownBudget],
    deployments: [surgedDeployment({}, TASK_ID)],
  });
  const directory = new FakeWorkflowDirectory();
  directory.holderStates.set(lockHolder().workflowId, state);
  const dependencies = activityDependencies(cluster, { directory });
  await acquireNodeLock(dependencies)(taskContext(), nodeTarget(), 'fingerprint');
  await cordonNode(dependencies)(taskContext(), nodeTarget());
  const find = async () => (await readLeftovers(cluster, 'default', directory)).leftovers;
  const now = () => cluster.nodes.find('node-1')!;
  const undo = async (conditions: Partial<UndoConditions> = {}, listed?: Awaited<ReturnType<typeof find>>) =>
    await undoLeftovers(cluster, listed ?? (await find()), {
      includesUnknown: false,
      // The controller removes one of the pods.
      pause: () => {
        const scaled = cluster.deployments.find('web', 'default')!;
        cluster.deployments.store({ ...scaled, podCount: 1, observedGeneration: scaled.generation });
        return Promise.resolve();
      },
      ...conditions,
    });
  return { cluster, find, undo, now };
};

type Undo = Awaited<ReturnType<Awaited<ReturnType<typeof abandon>>['undo']>>;

const toPairs = (results: Undo): readonly string[] => results.map(({ kind, status }) => `${kind} ${status}`);

describe('undoLeftovers', () => {
  it('restores all objects, the lock last, and finds nothing the second time', async () => {
    const { cluster, find, undo, now } = await abandon();
    const results = await undo();
    expect(toPairs(results)).toEqual(['secondReplica Undone', 'marks Undone', 'budget Undone', 'lock Undone']);
    expect(results.every(({ remains }) => !remains)).toBe(true);
    expect(now()).toMatchObject({ unschedulable: false, annotations: {} });
    expect(cluster.budgets.all).toEqual([]);
    expect(cluster.deployments.find('web', 'default')).toMatchObject({ replicas: 1, labels: {} });
    expect(await find()).toEqual([]);
  });

  it('leaves all alone while it is unknown whether the task runs, unless an operator has confirmed that it does not', async () => {
    const { cluster, undo } = await abandon('unknown');
    const writes = cluster.argsOf('patchNode').length;
    const results = await undo();
    expect(results.every(({ status, remains }) => status === 'Kept' && remains)).toBe(true);
    expect(results[0]?.message).toContain('--include-unknown');
    expect(cluster.argsOf('patchNode')).toHaveLength(writes);
    expect(toPairs(await undo({ includesUnknown: true })).every((pair) => pair.endsWith(' Undone'))).toBe(true);
  });

  it('never touches a node past its point of no return', async () => {
    const { cluster, undo, now } = await abandon();
    const passed = { ...now().annotations, [POINT_OF_NO_RETURN_ANNOTATION]: '2026-01-02T03:04:05.000Z' };
    cluster.nodes.store({ ...now(), annotations: passed });
    const results = await undo({ includesUnknown: true });
    expect(results.find(({ object }) => object === 'Node node-1')).toMatchObject({ status: 'Kept', remains: true });
    expect(now()).toMatchObject({ unschedulable: true, annotations: passed });
  });

  it('leaves what a run that has taken over the lock works with', async () => {
    const { cluster, find, undo, now } = await abandon();
    const listed = await find();
    cluster.nodes.store({ ...now(), annotations: { ...now().annotations, [LOCK_ANNOTATION]: laterRun } });
    const results = await undo({}, listed);
    expect(toPairs(results)).toEqual(['secondReplica Kept', 'marks Kept', 'budget Kept', 'lock Kept']);
    expect(results.every(({ remains }) => !remains)).toBe(true);
    expect(now().unschedulable).toBe(true);
    expect(cluster.budgets.all).toHaveLength(1);
  });

  it('removes the taint of a node that waited for its turn, and that of no other task', async () => {
    const { cluster, undo, now } = await abandon();
    await markNodeWaiting(activityDependencies(cluster))(taskContext(), nodeTarget());
    expect(toPairs(await undo())).toContain('taint Undone');
    expect(now().taints).toEqual([]);

    const unsure = await abandon('unknown');
    await markNodeWaiting(activityDependencies(unsure.cluster))(taskContext(), nodeTarget());
    expect((await unsure.undo()).find(({ kind }) => kind === 'taint')).toMatchObject({
      action: 'remove the taint of a waiting node from node node-1',
      status: 'Kept',
    });

    const other = await abandon();
    await markNodeWaiting(activityDependencies(other.cluster))(taskContext({ taskId: 'other' }), nodeTarget());
    expect(toPairs(await other.undo())).toContain('taint Kept');
    expect(other.now().taints).toHaveLength(1);
  });

  it('passes a point of no return that was reached after the list was read', async () => {
    const { cluster, find, undo, now } = await abandon();
    const listed = await find();
    cluster.nodes.store({ ...now(), deleting: true });
    expect((await undo({}, listed)).find(({ kind }) => kind === 'marks')).toMatchObject({
      status: 'Kept',
      message: 'the node is being deleted',
    });
  });

  it('leaves another Node of that name, and a change by another client', async () => {
    const { cluster, find, undo, now } = await abandon();
    const listed = await find();
    cluster.nodes.store({ ...now(), uid: 'uid-new' });
    cluster.budgets.store({ ...ownBudget, maxUnavailable: 2 });
    const results = await undo({}, listed);
    expect(toPairs(results)).toEqual(['secondReplica Undone', 'marks NothingToDo', 'budget Kept', 'lock NothingToDo']);
    expect(now().unschedulable).toBe(true);
  });

  it('keeps the lock of a task of which something could not be undone, with the commands', async () => {
    const { cluster, undo, find } = await abandon();
    cluster.fail('deleteBudget', new ClusterFailure('Forbidden', 'delete is forbidden', 403));
    const results = await undo();
    expect(toPairs(results)).toEqual(['secondReplica Undone', 'marks Undone', 'budget Failed', 'lock Kept']);
    expect(results.slice(2)).toMatchObject([
      { message: 'delete is forbidden', commands: ['kubectl delete pdb -n default web-pdb'], remains: true },
      { message: 'not before the rest of its task is undone', remains: true },
    ]);
    expect((await find()).map(({ kind, task }) => `${kind} ${task}`)).toEqual(['lock closed', 'budget closed']);
  });

  it('does not wait forever for a controller', async () => {
    const { undo } = await abandon();
    const [surge] = await undo({ pause: () => Promise.resolve() });
    expect(surge).toMatchObject({ status: 'Failed', message: expect.stringContaining('within 120 s') as unknown });
  });

  it('leaves a lock that cannot be read to an operator', async () => {
    const { cluster, undo, now } = await abandon();
    cluster.nodes.store({ ...now(), annotations: { [LOCK_ANNOTATION]: 'locked by bob' } });
    const results = await undo({ includesUnknown: true });
    expect(results.find(({ kind }) => kind === 'lock')).toMatchObject({
      status: 'Kept',
      remains: true,
      commands: [expect.stringContaining('node-decommission unlock node-1') as unknown],
    });
  });
});
