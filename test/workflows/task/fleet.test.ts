import { afterAll, describe, expect, it, jest } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import type { DecommissionReport } from '../../../src/domain/run/report.ts';
import type { RunStatus } from '../../../src/domain/run/status.ts';
import { podPlan } from '../../builders/decommission-plan.ts';
import { leaveUnprotected } from '../leave-unprotected.ts';
import { failure, target, type Held, type TaskScript } from '../task-script.ts';
import { TEST_TIMEOUT_MILLISECONDS, WorkflowHarness } from '../workflow-harness.ts';

const ANN = { by: 'ann', reason: 'the kubelet is stopped' };
const FIVE = ['node-1', 'node-2', 'node-3', 'node-4', 'node-5'];
const UNDO = ['uncordonNode', 'releaseNodeLock', 'releaseBudgets'] as const;

jest.setTimeout(TEST_TIMEOUT_MILLISECONDS);
const stage = await WorkflowHarness.open();
afterAll(() => stage.close());

/** Node names by order of their first drain, and the largest set of nodes that ran at once. */
const observe = (script: TaskScript): { readonly order: string[]; readonly windows: string[][] } => {
  const order: string[] = [];
  const windows: string[][] = [];
  const active = new Set<string>();
  script.wrap('readDrainState', (standard) => async (context, request, node) => {
    if (!order.includes(node.nodeName)) order.push(node.nodeName);
    active.add(node.nodeName);
    windows.push([...active]);
    return await standard(context, request, node);
  });
  script.wrap('awaitNodeStaysGone', (standard) => async (context, node, ...rest) => {
    const stays = await standard(context, node, ...rest);
    active.delete(node.nodeName);
    return stays;
  });
  return { order, windows };
};

const outcomesOf = ({ nodes }: DecommissionReport): readonly string[] => nodes.map(({ outcome }) => outcome);

const holdEach = (script: TaskScript, nodeNames: readonly string[]): readonly Held[] =>
  nodeNames.map((nodeName) => script.hold('confirmDrained', nodeName));

const awaitOutcome = (handle: WorkflowHandle, nodeName: string): Promise<RunStatus> =>
  stage.awaitStatus(handle, ({ nodes }) =>
    nodes.some((node) => node.nodeName === nodeName && node.outcome !== undefined),
  );

/** The deletion of the Node fails once: the node is past its point of no return, and parks. */
const parkOnce = (script: TaskScript, nodeName: string): void => {
  script.fail('deleteNode', failure('Forbidden', 'forbidden.'), 1, nodeName);
};

describe('several nodes at once', () => {
  it.concurrent('run as many as maxConcurrentNodes allows; status names them and why others wait', async () => {
    const script = stage.createScript();
    const { order, windows } = observe(script);
    const [first, second, third] = holdEach(script, ['node-1', 'node-2', 'node-3']);
    const handle = await stage.startTask(script, FIVE, { maxConcurrentNodes: 3 });
    await Promise.all([first?.reached, second?.reached, third?.reached]);
    const status = await stage.awaitStatus(handle, ({ nodes }) => nodes[2]?.childWorkflowId !== undefined);
    expect(status).toMatchObject({
      phase: 'Draining',
      message: 'decommissioning nodes node-1, node-2, node-3 (0 of 5 ended)',
      waits: '2 nodes wait: 3 of 3 nodes run',
    });
    second?.release();
    await stage.awaitStatus(handle, ({ message }) => message.endsWith('(3 of 5 ended)'));
    first?.release();
    third?.release();
    const { closedAs, report } = await stage.awaitEnding(handle);
    expect([closedAs, ...outcomesOf(report)]).toEqual(['COMPLETED', ...FIVE.map(() => 'Decommissioned')]);
    expect(order.slice(3)).toEqual(['node-4', 'node-5']);
    expect(Math.max(...windows.map(({ length }) => length))).toBe(3);
    expect(await handle.query('status')).not.toHaveProperty('waits');
  });

  it.concurrent('run in the order of the request', async () => {
    const script = stage.createScript();
    for (const [nodeName, count] of [
      ['node-1', 2],
      ['node-2', 0],
      ['node-3', 1],
    ] as const) {
      const pods = Array.from({ length: count }, (_, index) => podPlan({ name: `${nodeName}-${index}` }));
      script.plannedPods.set(nodeName, pods);
    }
    const { order } = observe(script);
    const nodeNames = ['node-1', 'node-2', 'node-3'];
    await stage.awaitEnding(await stage.startTask(script, nodeNames, { nodeOrder: 'fewestPodsFirst' }));
    expect(order).toEqual(['node-2', 'node-3', 'node-1']);
  });

  it.concurrent('run in one zone after the other', async () => {
    const script = stage.createScript();
    for (const [index, nodeName] of FIVE.entries()) script.zones.set(nodeName, index % 2 === 0 ? 'a' : 'b');
    const { order, windows } = observe(script);
    const request = { maxConcurrentNodes: '100%', oneZoneAtATime: true };
    const { report } = await stage.awaitEnding(await stage.startTask(script, FIVE, request));
    expect(report.outcome).toBe('Decommissioned');
    expect(order.slice(0, 3).sort()).toEqual(['node-1', 'node-3', 'node-5']);
    const zones = windows.map((names) => new Set(names.map((name) => script.zones.get(name))).size);
    expect(Math.max(...zones)).toBe(1);
  });

  it.concurrent('are all paused and resumed', async () => {
    const script = stage.createScript({ 'node-1': [target('web-1')], 'node-2': [target('web-2')] });
    const evictions = ['web-1', 'web-2'].map((name) => script.holdUntilCancelled('evictPod', name));
    const handle = await stage.startTask(script, ['node-1', 'node-2', 'node-3'], { maxConcurrentNodes: 2 });
    await Promise.all(evictions.map(({ reached }) => reached));
    await handle.executeUpdate('pause', { args: [ANN] });
    for (const nodeName of ['node-1', 'node-2'])
      await stage.awaitStatus(stage.childOf(script, nodeName), ({ phase }) => phase === 'Paused');
    expect(await handle.query('status')).toMatchObject({ phase: 'Paused', waits: '1 node waits: the task is paused' });
    await handle.executeUpdate('resume', { args: [ANN] });
    expect((await stage.awaitEnding(handle)).report.outcome).toBe('Decommissioned');
  });
});

describe('a node that fails', () => {
  it.concurrent('below stopAfterFailures lets the others finish, and is free again before that', async () => {
    const script = stage.createScript({ 'node-1': [target('web-1')] });
    script.fail('evictPod', failure('EvictionRefused', 'the API server refused.'), 1, 'web-1');
    const last = script.hold('confirmDrained', 'node-4');
    const request = { maxConcurrentNodes: 2, stopAfterFailures: 2 };
    const handle = await stage.startTask(script, ['node-1', 'node-2', 'node-3', 'node-4'], request);
    await last.reached;
    await stage.awaitStatus(handle, ({ message }) => message.includes('3 of 4 ended'));
    expect(script.callsOf(...UNDO)).toEqual(['uncordonNode node-1', 'releaseNodeLock node-1']);
    last.release();
    const { failureType, report } = await stage.awaitEnding(handle);
    expect([failureType, ...outcomesOf(report)]).toEqual([
      'RolledBack',
      'RolledBack',
      ...Array<string>(3).fill('Decommissioned'),
    ]);
    expect(report.message).toBe(
      'node node-1: the API server refused. 3 of 4 nodes were already decommissioned. All other changes were undone.',
    );
    expect(report.nodes.map(({ steps }) => steps.length)).toEqual([11, 11, 11, 11]);
  });

  it.concurrent(
    'at stopAfterFailures starts no other; the running ones finish, the rest is undone at once',
    async () => {
      const script = stage.createScript({ 'node-1': [target('web-1')], 'node-2': [target('web-2')] });
      script.fail('evictPod', failure('EvictionRefused', 'the API server refused.'));
      const second = script.hold('evictPod', 'web-2');
      const running = holdEach(script, ['node-3', 'node-4']);
      const handle = await stage.startTask(script, FIVE, { maxConcurrentNodes: 3, stopAfterFailures: 2 });
      await Promise.all(running.map(({ reached }) => reached));
      second.release();
      await stage.awaitStatus(handle, ({ nodes }) => nodes[4]?.steps[2]?.status === 'Undone');
      expect(script.callsOf('readDrainState').join()).not.toContain('node-5');
      for (const { release } of running) release();
      const { report } = await stage.awaitEnding(handle);
      expect(outcomesOf(report)).toEqual([
        'RolledBack',
        'RolledBack',
        'Decommissioned',
        'Decommissioned',
        'RolledBack',
      ]);
      expect(report.message).toMatch(
        /^2 of 5 nodes could not be decommissioned: node node-1: .*refused; node node-2: .*refused\. 1 node was not started\. 2 of 5 nodes/,
      );
      expect([...script.callsOf('releaseNodeLock')].sort()).toEqual(
        ['node-1', 'node-2', 'node-5'].map((name) => `releaseNodeLock ${name}`),
      );
    },
  );

  it.concurrent('as its cordon in turn does, is one of several failures', async () => {
    const script = stage.createScript();
    script.fail('cordonNode', failure('CordonLost', 'it was uncordoned.'), 1, 'node-1');
    const request = { cordon: 'inTurn', stopAfterFailures: 2 };
    const { report } = await stage.awaitEnding(await stage.startTask(script, ['node-1', 'node-2'], request));
    expect(report.nodes).toMatchObject([
      { outcome: 'RolledBack', failedStep: 'cordon', failure: { type: 'CordonLost' } },
      { outcome: 'Decommissioned' },
    ]);
    expect(script.callsOf('releaseNodeLock')).toEqual(['releaseNodeLock node-1']);
  });
});

describe('a parked node', () => {
  it.concurrent('keeps the others waiting under `wait`', async () => {
    const script = stage.createScript();
    parkOnce(script, 'node-1');
    const second = script.hold('confirmDrained', 'node-2');
    const handle = await stage.startTask(script, ['node-1', 'node-2', 'node-3'], { maxConcurrentNodes: 2 });
    await second.reached;
    const status = await stage.awaitStatus(handle, ({ parked }) => parked !== undefined);
    expect(status).toMatchObject({
      phase: 'Draining',
      parked: ['node-1'],
      waits: '1 node waits: node node-1 needs an operator, and onNodeParked is wait',
    });
    expect(status.message).toContain('node node-1 is waiting for an operator: forbidden. Then `resume` the run.');
    second.release();
    const parked = await stage.awaitStatus(handle, ({ phase }) => phase === 'NeedsOperator');
    expect(parked.nodes.map(({ outcome }) => outcome)).toEqual([undefined, 'Decommissioned', undefined]);
    expect(script.callsOf('readDrainState').join()).not.toContain('node-3');
    await handle.executeUpdate('resume', { args: [ANN] });
    expect((await stage.awaitEnding(handle)).report.outcome).toBe('Decommissioned');
  });

  it.concurrent('does not keep others waiting under `continue`', async () => {
    const script = stage.createScript();
    parkOnce(script, 'node-1');
    const handle = await stage.startTask(script, ['node-1', 'node-2', 'node-3'], { onNodeParked: 'continue' });
    await awaitOutcome(handle, 'node-3');
    const status = await stage.awaitStatus(handle, ({ phase }) => phase === 'NeedsOperator');
    expect(status.parked).toEqual(['node-1']);
    await handle.executeUpdate('resume', { args: [ANN] });
    const { report } = await stage.awaitEnding(handle);
    expect(outcomesOf(report)).toEqual(Array(3).fill('Decommissioned'));
  });

  it.concurrent('ends the start of others under `stop`, whose changes are undone', async () => {
    const script = stage.createScript();
    parkOnce(script, 'node-1');
    const handle = await stage.startTask(script, ['node-1', 'node-2', 'node-3'], { onNodeParked: 'stop' });
    await stage.awaitStatus(handle, ({ nodes }) => nodes.slice(1).every(({ steps }) => steps[2]?.status === 'Undone'));
    // The server loses an update that arrives while the last activity of the undo completes.
    await stage.awaitSettled(handle, 'EVENT_TYPE_ACTIVITY_TASK_COMPLETED', 13);
    await handle.executeUpdate('resume', { args: [ANN] });
    const { failureType, report } = await stage.awaitEnding(handle);
    expect([failureType, ...outcomesOf(report)]).toEqual(['RolledBack', 'Decommissioned', 'RolledBack', 'RolledBack']);
    expect(report.failure).toEqual({
      type: 'NodesNotStarted',
      message: '2 nodes were not started: node node-1 needs an operator, and onNodeParked is stop',
    });
  });

  it.concurrent('of several is resumed by its own workflow, while the others stay parked', async () => {
    const script = stage.createScript();
    parkOnce(script, 'node-1');
    parkOnce(script, 'node-2');
    const handle = await stage.startTask(script, ['node-1', 'node-2'], { maxConcurrentNodes: 2 });
    const both = await stage.awaitStatus(handle, ({ parked }) => parked?.length === 2);
    expect(both.message).toMatch(/node node-1 is waiting .* node node-2 is waiting/);
    await stage.childOf(script, 'node-2').executeUpdate('resume', { args: [ANN] });
    await awaitOutcome(handle, 'node-2');
    expect(await handle.query('status')).toMatchObject({ phase: 'NeedsOperator', parked: ['node-1'] });
    await handle.executeUpdate('resume', { args: [ANN] });
    expect((await stage.awaitEnding(handle)).report.outcome).toBe('Decommissioned');
  });
});

describe('a cancellation', () => {
  it.concurrent('reaches every running node, and undoes those not started at once', async () => {
    const script = stage.createScript({ 'node-1': [target('web-1')], 'node-2': [target('web-2')] });
    const evictions = ['web-1', 'web-2'].map((name) => script.holdUntilCancelled('evictPod', name));
    const deletion = script.hold('deleteNode', 'node-3');
    const handle = await stage.startTask(script, FIVE, { maxConcurrentNodes: 3 });
    await Promise.all([...evictions, deletion].map(({ reached }) => reached));
    await handle.cancel();
    await stage.awaitStatus(handle, ({ nodes }) =>
      [0, 1, 3, 4].every((index) => nodes[index]?.steps[2]?.status === 'Undone'),
    );
    deletion.release();
    const { closedAs, report } = await stage.awaitEnding(handle);
    expect([closedAs, ...outcomesOf(report)]).toEqual([
      'CANCELLED',
      ...['Cancelled', 'Cancelled', 'Decommissioned', 'Cancelled', 'Cancelled'],
    ]);
    expect(report.message).toBe(
      'The run was cancelled. 1 of 5 nodes were already decommissioned. All other changes were undone.',
    );
    expect([...script.callsOf('uncordonNode')].sort()).toEqual(
      ['node-1', 'node-2', 'node-4', 'node-5'].map((name) => `uncordonNode ${name}`),
    );
    await stage.expectNoFailedTasks(handle);
  });
});

describe('cordon: inTurn', () => {
  it.concurrent('taints the nodes that wait, and cordons each when it starts', async () => {
    const script = stage.createScript();
    const { report } = await stage.awaitEnding(
      await stage.startTask(script, ['node-1', 'node-2'], { cordon: 'inTurn' }),
    );
    expect(report.outcome).toBe('Decommissioned');
    expect(script.callsOf('markNodeWaiting', 'cordonNode', 'releaseWaitingNode', 'deleteNode')).toEqual([
      ...['markNodeWaiting node-1', 'markNodeWaiting node-2'],
      ...['cordonNode node-1', 'releaseWaitingNode node-1', 'deleteNode node-1'],
      ...['cordonNode node-2', 'releaseWaitingNode node-2', 'deleteNode node-2'],
    ]);
    expect(report.undo.map(({ action }) => action)).toEqual(['delete budget default/web-pdb']);
  });

  it.concurrent('removes the taint of the nodes that are not started', async () => {
    const script = stage.createScript({ 'node-1': [target('web-1')] });
    script.fail('evictPod', failure('EvictionRefused', 'the API server refused.'));
    const { report } = await stage.awaitEnding(
      await stage.startTask(script, ['node-1', 'node-2'], { cordon: 'inTurn' }),
    );
    expect(report.undo.map(({ action }) => action)).toEqual([
      'remove the taint of a waiting node from node node-2',
      'delete budget default/web-pdb',
      'release the lock on node node-2',
      'release the lock on node node-1',
    ]);
    expect(script.callsOf('cordonNode', 'uncordonNode')).toEqual(['cordonNode node-1', 'uncordonNode node-1']);
  });
});

describe('a plan that is too large to list every pod', () => {
  it.concurrent.each([
    [
      'its workloads are listed: the others appeared later',
      { unlistedWorkloads: ['default/Deployment/web'] },
      ['StatefulSet/db'],
    ],
    ['nor every workload: no workload is known to have appeared later', {}, []],
  ])('%s', async (_name, unlisted, late) => {
    const script = stage.createScript({ 'node-1': [target('web-1')] });
    script.wrap('planTask', (standard) => async (context, request) => {
      const plan = await standard(context, request);
      return { ...plan, nodes: plan.nodes.map((node) => ({ ...node, unlistedPodCount: 110, ...unlisted })) };
    });
    leaveUnprotected(script, 'it has one replica');
    const { report } = await stage.awaitEnding(await stage.startTask(script, ['node-1']));
    const notes = report.nodes[0]?.notes.filter((note) => note.includes('appeared after planning')) ?? [];
    expect(notes.map((note) => note.split(' ')[0])).toEqual(late);
  });
});
