import { describe, expect, it, jest } from '@jest/globals';
import { CancelledFailure } from '@temporalio/common';
import type { MockActivityEnvironment } from '@temporalio/testing';
import { takeTurns, type TakenTurns } from '../../../src/activities/turns/take-turns.ts';
import type { TurnRequest } from '../../../src/activities/turns/turn-desk.ts';
import { LOCK_ANNOTATION, POINT_OF_NO_RETURN_ANNOTATION } from '../../../src/domain/cluster/annotations.ts';
import type { NodeFacts } from '../../../src/domain/cluster/facts.ts';
import { readTurnMark, withTurnMark, type TurnMark } from '../../../src/domain/fleet/turn-mark.ts';
import { toLockText } from '../../../src/domain/node/lock.ts';
import { activityDependencies } from '../../builders/activity-dependencies.ts';
import { lockHolder } from '../../builders/lock-holder.ts';
import { node } from '../../builders/node.ts';
import { activityEnvironment, runIn } from '../../builders/run-activity.ts';
import { nodeTarget, taskContext } from '../../builders/task-context.ts';
import { lockedNode, turnHolder, turnMark, workingMark } from '../../builders/turns.ts';
import { FakeCluster } from '../../fakes/fake-cluster.ts';
import { settle, useFakeClock } from '../../fakes/fake-clock.ts';
import { FakeWorkflowDirectory } from '../../fakes/fake-workflow-directory.ts';

const NO_LIMITS = { oneZoneAtATime: false };
const NODE_WORKFLOW = 'decommission/default/node/';

let cluster = new FakeCluster();
let directory = new FakeWorkflowDirectory();
let environment: MockActivityEnvironment;
let messages: string[] = [];

useFakeClock(() => cluster);

/** The tasks of these ids run. */
const arrange = (nodes: readonly NodeFacts[], ...taskIds: readonly string[]): void => {
  cluster = new FakeCluster({ nodes });
  directory = new FakeWorkflowDirectory();
  for (const taskId of taskIds) directory.holderStates.set(turnHolder(taskId).workflowId, 'open');
};

const toTarget = (nodeName: string) => nodeTarget({ nodeName, nodeUid: `uid-${nodeName}` });

const take = (
  names: readonly string[],
  {
    taskId = '42',
    limit,
    ...request
  }: Partial<Omit<TurnRequest, 'targets'>> & { readonly taskId?: string; readonly limit?: number } = {},
): Promise<TakenTurns> => {
  environment = activityEnvironment();
  messages = [];
  environment.on('heartbeat', ({ message }: { message: string }) => messages.push(message));
  const maxConcurrentNodes = new Map(limit === undefined ? [] : [['default', limit]]);
  const dependencies = activityDependencies(cluster, { directory, maxConcurrentNodes });
  const context = taskContext({ taskId, holder: turnHolder(taskId) });
  const asked = { targets: names.map(toTarget), limits: NO_LIMITS, atWork: [], known: '', ...request };
  const ended = runIn(environment, takeTurns(dependencies), context, asked);
  ended.catch(() => undefined);
  return ended;
};

const markOf = (nodeName: string): TurnMark | undefined =>
  readTurnMark(cluster.nodes.find(nodeName)?.annotations[LOCK_ANNOTATION] ?? '');

const BUSY = '1 node waits for its turn: cluster limit of 1 node at once; in work or next: b1 (task 7)';
const busy = lockedNode('b1', { taskId: '7', zone: 'b', mark: workingMark() });

describe('takeTurns', () => {
  it('marks a node that has its turn, with two reads of the Nodes and one write', async () => {
    arrange([lockedNode('a1')]);
    await expect(take(['a1'], { limit: 1, limits: { oneZoneAtATime: true } })).resolves.toEqual({
      taken: ['a1'],
      waits: '',
    });
    expect(markOf('a1')).toMatchObject({ workingSince: expect.any(String), limits: { oneZoneAtATime: true } });
    const calls = ['readNodes', 'patchNode', 'readNode'] as const;
    expect(calls.map((call) => cluster.argsOf(call).length)).toEqual([2, 1, 0]);
  });

  it('takes as many turns as the limits allow, in the order of the request, and marks the others as waiting', async () => {
    arrange([lockedNode('a1'), lockedNode('a2'), lockedNode('a3')]);
    await expect(take(['a3', 'a1', 'a2'], { limit: 2 })).resolves.toEqual({
      taken: ['a3', 'a1'],
      waits: '1 node waits for its turn: cluster limit of 2 nodes at once; in work or next: a1 (task 42), a3 (task 42)',
    });
    expect([markOf('a2')?.workingSince, markOf('a2')?.waitingSince]).toEqual([undefined, '2026-01-02T00:00:00.002Z']);
  });

  it('returns at once why a node waits, and later its turn when a node of another task has ended', async () => {
    arrange([lockedNode('a1'), busy], '7');
    await expect(take(['a1'], { limit: 1 })).resolves.toEqual({ taken: [], waits: BUSY });
    const ended = take(['a1'], { limit: 1, known: BUSY });
    await settle(10_000);
    expect(messages).toEqual([BUSY]);
    cluster.nodes.sync();
    cluster.nodes.remove(cluster.nodes.find('b1')!);
    await settle();
    await expect(ended).resolves.toEqual({ taken: ['a1'], waits: '' });
    expect(markOf('a1')?.waitingSince).toBe('2026-01-02T00:00:00.000Z');
  });

  it.each<[string, (found: NodeFacts) => NodeFacts]>([
    [
      'passes its point of no return',
      (found) => ({ ...found, annotations: { ...found.annotations, [POINT_OF_NO_RETURN_ANNOTATION]: 'now' } }),
    ],
    ['is unlocked', (found) => ({ ...found, annotations: {} })],
    [
      'ends its turn',
      (found) => ({
        ...found,
        annotations: { [LOCK_ANNOTATION]: withTurnMark(found.annotations[LOCK_ANNOTATION] ?? '', undefined) },
      }),
    ],
  ])('ends its wait when a node in work %s', async (_name, change) => {
    arrange([lockedNode('a1'), busy], '7');
    const ended = take(['a1'], { limit: 1, known: BUSY });
    await settle();
    cluster.nodes.change(change(busy));
    await settle();
    await expect(ended).resolves.toMatchObject({ taken: ['a1'] });
  });

  it('notices an end that comes before its watch', async () => {
    arrange([lockedNode('a1'), busy], '7');
    const ended = take(['a1'], { limit: 1, known: BUSY });
    await settle();
    cluster.nodes.drop('b1');
    cluster.nodes.sync();
    await settle();
    await expect(ended).resolves.toMatchObject({ taken: ['a1'] });
  });

  it('refreshes its mark while it waits, and reads nothing else', async () => {
    arrange([lockedNode('a1'), busy], '7');
    const ended = take(['a1'], { limit: 1, known: BUSY });
    await settle(250_000);
    expect(markOf('a1')).toMatchObject({
      waitingSince: '2026-01-02T00:00:00.000Z',
      askedAt: '2026-01-02T00:04:00.000Z',
    });
    expect(cluster.argsOf('readNodes')).toHaveLength(3);
    environment.cancel();
    await expect(ended).rejects.toThrow(CancelledFailure);
  });

  it('reports another reason half a minute after the call at the earliest', async () => {
    arrange([lockedNode('a1'), busy], '7');
    const ended = take(['a1'], { limit: 1, known: 'another reason' });
    await settle(29_000);
    expect(messages).toEqual([BUSY]);
    await settle(1000);
    await expect(ended).resolves.toEqual({ taken: [], waits: BUSY });
  });

  it('withdraws its mark when another task has marked a node meanwhile, and asks again', async () => {
    arrange([lockedNode('a1'), lockedNode('b1', { taskId: '7', zone: 'b' })], '7');
    cluster.before('patchNode', () => cluster.nodes.store(busy));
    const ended = take(['a1'], { limit: 1 });
    await settle();
    expect(markOf('a1')?.workingSince).toBeUndefined();
    await settle(1000);
    await expect(ended).resolves.toEqual({ taken: [], waits: BUSY });
  });

  it('of two tasks that ask at the same moment at most one has its turn, and both have it in the end', async () => {
    arrange([lockedNode('a1', { taskId: '7' }), lockedNode('a2', { taskId: '8' })], '7', '8');
    const [one, other] = [take(['a1'], { limit: 1, taskId: '7' }), take(['a2'], { limit: 1, taskId: '8' })];
    await settle(5000);
    const results = await Promise.all([one, other]);
    const taken = results.flatMap((result) => result.taken);
    expect(taken).toHaveLength(1);
    cluster.nodes.drop(taken[0]!);
    const [last] = ['a1', 'a2'].filter((name) => !taken.includes(name));
    const next = take([last!], { limit: 1, taskId: last === 'a1' ? '7' : '8', known: 'x' });
    await settle(5000);
    await expect(next).resolves.toMatchObject({ taken: [last] });
  });

  it('lets a node that waits longer go first, unless its task no longer asks', async () => {
    const earlier = turnMark({ waitingSince: '2026-01-01T00:00:00.000Z' });
    arrange([lockedNode('a1'), lockedNode('b1', { taskId: '7', zone: 'b', mark: earlier })], '7');
    const first = await take(['a1'], { limit: 1 });
    expect(first.waits).toBe(
      '1 node waits for its turn: cluster limit of 1 node at once; in work or next: b1 (task 7)',
    );
    const ended = take(['a1'], { limit: 1, known: first.waits });
    await settle(240_000);
    expect(markOf('a1')?.workingSince).toBeUndefined();
    await settle(120_000);
    await expect(ended).resolves.toMatchObject({ taken: ['a1'] });
  });

  const terminated = lockedNode('b1', { taskId: '7', zone: 'b', mark: workingMark() });
  const plain = node({
    name: 'b1',
    unschedulable: true,
    annotations: { [LOCK_ANNOTATION]: toLockText(lockHolder({ taskId: '7', workflowId: 'task-7' })) },
  });
  it.each<[string, NodeFacts, 'open' | 'closed' | 'unknown', 'open' | 'closed' | 'absent', boolean]>([
    ['marked, while its task runs', terminated, 'open', 'absent', true],
    ['marked, of a task whose state is unknown', terminated, 'unknown', 'absent', true],
    ['marked, of a terminated task whose node workflow runs', terminated, 'closed', 'open', true],
    ['marked, of a terminated task', terminated, 'closed', 'absent', false],
    ['unmarked, while its own workflow runs', plain, 'open', 'open', true],
    ['unmarked, before its own workflow starts', plain, 'open', 'absent', false],
    ['unmarked, after its own workflow has ended', plain, 'open', 'closed', false],
  ])('a node counts that is %s: %#', async (_name, other, task, own, counts) => {
    arrange([lockedNode('a1'), other]);
    directory.holderStates.set(turnHolder('7').workflowId, task);
    if (own !== 'absent') directory.nodeWorkflows.set(`${NODE_WORKFLOW}b1`, [{ kind: own, runId: 'run-1' }]);
    expect((await take(['a1'], { limit: 1 })).taken).toEqual(counts ? [] : ['a1']);
  });

  it('a node of another Temporal counts', async () => {
    const foreign = toLockText({ ...turnHolder('7'), temporalNamespaceId: 'namespace-2' });
    arrange([
      lockedNode('a1'),
      lockedNode('b1', {}, { annotations: { [LOCK_ANNOTATION]: withTurnMark(foreign, workingMark()) } }),
    ]);
    directory.holderStates.set(turnHolder('7').workflowId, 'closed');
    expect((await take(['a1'], { limit: 1 })).taken).toEqual([]);
  });

  it('asks Temporal nothing while no limit is reached', async () => {
    arrange([lockedNode('a1'), plain]);
    const spies = [jest.spyOn(directory, 'readNodeWorkflow'), jest.spyOn(directory, 'readHolderState')];
    await take(['a1'], { limit: 2 });
    for (const spy of spies) expect(spy).not.toHaveBeenCalled();
  });

  it.each<[string, NodeFacts | undefined]>([
    ['that is gone', undefined],
    ['that was recreated', lockedNode('a1', {}, { uid: 'uid-other' })],
    ['whose lock was replaced', lockedNode('a1', { taskId: '7' })],
  ])('a node %s starts without a mark: its start reports it', async (_name, given) => {
    arrange(given ? [given] : []);
    await expect(take(['a1'], { limit: 1 })).resolves.toEqual({ taken: ['a1'], waits: '' });
    expect(cluster.argsOf('patchNode')).toEqual([]);
  });

  it('a node whose own workflow runs is adopted without a wait', async () => {
    arrange([lockedNode('a1'), busy], '7');
    directory.nodeWorkflows.set(`${NODE_WORKFLOW}a1`, [{ kind: 'open', runId: 'run-1' }]);
    expect((await take(['a1'], { limit: 1 })).taken).toEqual(['a1']);
  });

  it('counts the nodes of its own task that have their turn, and no mark that an earlier run has left', async () => {
    arrange(
      [lockedNode('a1'), lockedNode('a2', { mark: workingMark() }), lockedNode('a3', { mark: workingMark() })],
      '42',
    );
    expect((await take(['a1'], { limit: 2, atWork: ['a2'] })).taken).toEqual(['a1']);
    expect((await take(['a1'], { limit: 1, atWork: ['a2'] })).taken).toEqual([]);
  });

  it('checks again a turn whose answer was lost', async () => {
    const mark = workingMark();
    arrange([lockedNode('a1', { mark })]);
    expect((await take(['a1'], { limit: 1 })).taken).toEqual(['a1']);
    expect(markOf('a1')).toEqual(mark);
    expect(cluster.argsOf('patchNode')).toEqual([]);
    arrange([lockedNode('a1', { mark }), busy], '7');
    expect((await take(['a1'], { limit: 1 })).taken).toEqual([]);
    expect(markOf('a1')).toMatchObject({ waitingSince: mark.waitingSince });
    expect(markOf('a1')?.workingSince).toBeUndefined();
  });

  it('writes again when the kubelet has changed the Node meanwhile', async () => {
    arrange([lockedNode('a1')]);
    cluster.before('patchNode', () => cluster.nodes.store(cluster.nodes.find('a1')!));
    expect((await take(['a1'], { limit: 1 })).taken).toEqual(['a1']);
    expect(markOf('a1')?.workingSince).toBeDefined();
  });

  it('holds the limits of zones against nodes of other tasks', async () => {
    arrange([lockedNode('a1'), lockedNode('a2', { taskId: '7', mark: workingMark() })], '7');
    await expect(take(['a1'], { limits: { oneZoneAtATime: false, maxConcurrentPerZone: 1 } })).resolves.toEqual({
      taken: [],
      waits: '1 node waits for its turn: limit of 1 node at once in zone a; in work or next: a2 (task 7)',
    });
  });
});
