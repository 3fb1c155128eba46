import { describe, expect, it } from '@jest/globals';
import { acquireNodeLock, releaseNodeLock } from '../../../src/activities/node/node-lock.ts';
import type { UndoReport } from '../../../src/domain/run/report.ts';
import { toLockText } from '../../../src/domain/node/lock.ts';
import { LOCK_ANNOTATION, POINT_OF_NO_RETURN_ANNOTATION } from '../../../src/domain/cluster/annotations.ts';
import type { NodeWorkflow } from '../../../src/ports/workflow-directory.ts';
import { activityDependencies } from '../../builders/activity-dependencies.ts';
import { lockHolder } from '../../builders/lock-holder.ts';
import { node } from '../../builders/node.ts';
import { nodeTarget, taskContext } from '../../builders/task-context.ts';
import { FakeCluster } from '../../fakes/fake-cluster.ts';
import { FakeWorkflowDirectory } from '../../fakes/fake-workflow-directory.ts';

const FINGERPRINT = 'f-1';
const OURS = toLockText(lockHolder());
const THEIRS = toLockText(lockHolder({ workflowId: 'theirs', taskId: '7' }));

const nodeWithLock = (text: string | undefined) =>
  node({ annotations: text === undefined ? {} : { [LOCK_ANNOTATION]: text } });
const lockOf = (cluster: FakeCluster): string | undefined => cluster.nodes.find('node-1')?.annotations[LOCK_ANNOTATION];

const prepare = (text: string | undefined, holderState: 'open' | 'closed' | 'unknown' = 'unknown') => {
  const cluster = new FakeCluster({ nodes: [nodeWithLock(text)] });
  const directory = new FakeWorkflowDirectory();
  directory.holderStates.set('theirs', holderState);
  return { cluster, directory, dependencies: activityDependencies(cluster, { directory }) };
};

describe('acquireNodeLock', () => {
  const taken: [name: string, text: string | undefined, state: 'open' | 'closed' | 'unknown', writes: number][] = [
    ['a free node is locked', undefined, 'unknown', 1],
    ['an empty annotation is free', '', 'unknown', 1],
    ['the task’s own lock is found', OURS, 'unknown', 0],
    ['the lock of a workflow that is closed is taken over', THEIRS, 'closed', 1],
  ];
  it.each(taken)('%s', async (_name, text, state, writes) => {
    const { cluster, dependencies } = prepare(text, state);
    await acquireNodeLock(dependencies)(taskContext(), nodeTarget(), FINGERPRINT);
    expect(lockOf(cluster)).toBe(OURS);
    expect(cluster.argsOf('patchNode')).toHaveLength(writes);
  });

  const busy: [name: string, text: string, state: 'open' | 'unknown', sentence: string][] = [
    [
      'a running workflow keeps it',
      THEIRS,
      'open',
      'node node-1 is held by task 7 (workflow theirs, run run-1, Temporal namespace default)',
    ],
    [
      'a workflow of unknown state counts as running',
      THEIRS,
      'unknown',
      "run `node-decommission unlock node-1 --cluster default --reason '<why>'`",
    ],
    ['an unreadable lock needs an operator', 'mine!', 'unknown', 'has a lock annotation that cannot be read'],
  ];
  it.each(busy)('%s: NodeBusy', async (_name, text, state, sentence) => {
    const { cluster, dependencies } = prepare(text, state);
    await expect(acquireNodeLock(dependencies)(taskContext(), nodeTarget(), FINGERPRINT)).rejects.toMatchObject({
      type: 'NodeBusy',
      retryable: false,
      message: expect.stringContaining(sentence),
    });
    expect(lockOf(cluster)).toBe(text);
  });

  it('only one of two concurrent tasks succeeds', async () => {
    const { cluster, dependencies } = prepare(undefined, 'open');
    cluster.before('patchNode', () => cluster.nodes.store(nodeWithLock(THEIRS)));
    await expect(acquireNodeLock(dependencies)(taskContext(), nodeTarget(), FINGERPRINT)).rejects.toMatchObject({
      type: 'NodeBusy',
    });
    expect(lockOf(cluster)).toBe(THEIRS);
  });

  it('leaves another Node of that name untouched: NodeChanged', async () => {
    const { cluster, dependencies } = prepare(undefined);
    const failing = acquireNodeLock(dependencies)(taskContext(), nodeTarget({ nodeUid: 'uid-old' }), FINGERPRINT);
    await expect(failing).rejects.toMatchObject({ type: 'NodeChanged', retryable: false });
    expect(lockOf(cluster)).toBeUndefined();
  });
});

describe('releaseNodeLock', () => {
  const cases: [name: string, text: string | undefined, status: UndoReport['status'], left: string | undefined][] = [
    ['the task’s own lock is removed', OURS, 'Undone', undefined],
    ['no lock is there', undefined, 'NothingToDo', undefined],
    ['another task’s lock stays', THEIRS, 'Kept', THEIRS],
    ['an unreadable lock stays', 'mine!', 'Kept', 'mine!'],
  ];
  it.each(cases)('%s', async (_name, text, status, left) => {
    const { cluster, dependencies } = prepare(text);
    await expect(releaseNodeLock(dependencies)(taskContext(), nodeTarget())).resolves.toMatchObject({ status });
    expect(lockOf(cluster)).toBe(left);
  });

  it('reports a Node that is deleted meanwhile', async () => {
    const { cluster, dependencies } = prepare(OURS);
    cluster.before('patchNode', () => {
      cluster.nodes.drop('node-1');
    });
    const report = await releaseNodeLock(dependencies)(taskContext(), nodeTarget());
    expect(report.status).toBe('NothingToDo');
  });
});

describe('a lock whose task was terminated while the workflow of its node runs', () => {
  const LEFT = toLockText(lockHolder({ firstExecutionRunId: 'run-0' }));
  const NODE_WORKFLOW = 'decommission/default/node/node-1';
  const SAME: NodeWorkflow = { kind: 'open', runId: 'run-9', task: { taskId: '42', fingerprint: FINGERPRINT } };

  const prepareLeft = (workflow: NodeWorkflow, text = LEFT) => {
    const prepared = prepare(text, 'closed');
    prepared.directory.holderStates.set(lockHolder().workflowId, 'closed');
    prepared.directory.nodeWorkflows.set(NODE_WORKFLOW, [workflow]);
    return prepared;
  };

  it.each<[string, NodeWorkflow]>([
    ['another request', { ...SAME, task: { taskId: '42', fingerprint: 'f-2' } }],
    ['no task', { kind: 'open', runId: 'run-9' }],
  ])('is not free for a task with %s: NodeBusy', async (_name, workflow) => {
    const { cluster, dependencies } = prepareLeft(workflow);
    await expect(acquireNodeLock(dependencies)(taskContext(), nodeTarget(), FINGERPRINT)).rejects.toMatchObject({
      type: 'NodeBusy',
    });
    expect(lockOf(cluster)).toBe(LEFT);
  });

  it('is left to that workflow, which the same request adopts', async () => {
    const { cluster, dependencies } = prepareLeft(SAME);
    await acquireNodeLock(dependencies)(taskContext(), nodeTarget(), FINGERPRINT);
    expect(lockOf(cluster)).toBe(LEFT);
  });

  it('is free once both are closed', async () => {
    const { cluster, dependencies } = prepareLeft({ ...SAME, kind: 'closed' });
    await acquireNodeLock(dependencies)(taskContext(), nodeTarget(), FINGERPRINT);
    expect(lockOf(cluster)).toBe(OURS);
  });

  it('does not wait for itself: a workflow without a task may have the id of the node', async () => {
    const { cluster, dependencies } = prepareLeft(SAME);
    const context = taskContext({ holder: lockHolder({ workflowId: NODE_WORKFLOW }) });
    await acquireNodeLock(dependencies)(context, nodeTarget(), FINGERPRINT);
    expect(lockOf(cluster)).toBe(toLockText(context.holder));
  });

  it.each<[string, NodeWorkflow, UndoReport['status'], string | undefined]>([
    ['is released by the next run of the task once it is closed', { ...SAME, kind: 'closed' }, 'Undone', undefined],
    ['stays while it runs', SAME, 'Kept', LEFT],
  ])('%s', async (_name, workflow, status, left) => {
    const { cluster, dependencies } = prepareLeft(workflow);
    await expect(releaseNodeLock(dependencies)(taskContext(), nodeTarget())).resolves.toMatchObject({ status });
    expect(lockOf(cluster)).toBe(left);
  });
});

it('releaseNodeLock keeps the lock of a node past its point of no return', async () => {
  const { cluster, dependencies } = prepare(OURS);
  const passed = { [LOCK_ANNOTATION]: OURS, [POINT_OF_NO_RETURN_ANNOTATION]: '2026-01-02T03:04:05.000Z' };
  cluster.nodes.store(node({ annotations: passed }));
  await expect(releaseNodeLock(dependencies)(taskContext(), nodeTarget())).resolves.toMatchObject({
    status: 'Kept',
    message: expect.stringContaining('Start the same request again'),
  });
  expect(lockOf(cluster)).toBe(OURS);
});
