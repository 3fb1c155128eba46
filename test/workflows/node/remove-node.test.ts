import { afterAll, describe, expect, it, jest } from '@jest/globals';
import type { DeletionPast } from '../../../src/activities/node/delete-node.ts';
import { failure, target, type ActivityName } from '../task-script.ts';
import { TEST_TIMEOUT_MILLISECONDS, WorkflowHarness } from '../workflow-harness.ts';

const ANN = { by: 'ann', reason: 'the API server is healthy again' };

jest.setTimeout(TEST_TIMEOUT_MILLISECONDS);
const stage = await WorkflowHarness.open();
afterAll(() => stage.close());

describe('removeNode', () => {
  const parking: [ActivityName, string, readonly string[]][] = [
    ['deleteNode', 'Forbidden', ['deleteNode', 'deleteNode', 'awaitNodeStaysGone']],
    ['deleteNode', 'NodeDeletionHeld', ['deleteNode', 'deleteNode', 'awaitNodeStaysGone']],
    ['deleteNode', 'NodeCameBack', ['deleteNode', 'deleteNode', 'awaitNodeStaysGone']],
    ['awaitNodeStaysGone', 'NodeCameBack', ['deleteNode', 'awaitNodeStaysGone', 'deleteNode', 'awaitNodeStaysGone']],
  ];
  it.concurrent.each(parking)(
    'parks after the failure of %s with %s until an operator resumes it',
    async (name, type, calls) => {
      const script = stage.createScript();
      const pasts: DeletionPast[] = [];
      script.fail(name, failure(type, 'outcome unknown.'), 1);
      script.wrap('deleteNode', (standard) => (context, node, past) => {
        pasts.push(past);
        return standard(context, node, past);
      });
      const handle = await stage.startTask(script, ['node-1']);
      const task = await stage.awaitStatus(handle, ({ phase }) => phase === 'NeedsOperator');
      expect(task.outcome).toBe('NeedsOperator');
      expect(task.message).toBe('node node-1 is waiting for an operator: outcome unknown. Then `resume` the run.');
      const child = await stage.awaitStatus(stage.childOf(script, 'node-1'), () => true);
      expect(child).toMatchObject({ phase: 'NeedsOperator', outcome: 'NeedsOperator' });
      const parkedStep = name === 'deleteNode' ? 'deleteNode' : 'finish';
      expect(child.nodes[0]?.steps.filter(({ status }) => status === 'Running')).toMatchObject([{ name: parkedStep }]);
      await handle.executeUpdate('resume', { args: [ANN] });
      const { closedAs, report } = await stage.awaitEnding(handle);
      expect([closedAs, report.outcome]).toEqual(['COMPLETED', 'Decommissioned']);
      expect(report.nodes[0]?.notes).toContain('was parked: outcome unknown.');
      expect(script.callsOf('deleteNode', 'awaitNodeStaysGone')).toEqual(calls.map((call) => `${call} node-1`));
      expect(pasts).toEqual([
        { attemptedBefore: false, isReturnSeen: false },
        { attemptedBefore: true, isReturnSeen: type === 'NodeCameBack' },
      ]);
    },
  );

  it.concurrent('parks again when it fails again, and accepts a resume of the node itself', async () => {
    const script = stage.createScript();
    script.fail('deleteNode', failure('NodeDeletionRefused', 'still no.'));
    script.fail('deleteNode', failure('Forbidden', 'outcome unknown.'), 1);
    const handle = await stage.startTask(script, ['node-1']);
    await stage.awaitStatus(handle, ({ phase }) => phase === 'NeedsOperator');
    await stage.childOf(script, 'node-1').executeUpdate('resume', { args: [ANN] });
    await stage.awaitStatus(handle, ({ message }) => message.includes('still no.'));
    // A refusal after an unknown outcome proves nothing.
    expect(script.callsOf('uncordonNode')).toEqual([]);
    await handle.terminate();
  });

  it.concurrent('cleans the host while the Node has to stay gone, and checks for a return at the end', async () => {
    const script = stage.createScript({ 'node-1': [target('web-1')] });
    script.waits = { ...script.waits, staysGoneSeconds: 60 };
    let deletedAt = 0;
    script.wrap('deleteNode', (standard) => (...args) => {
      deletedAt = Date.now();
      return standard(...args);
    });
    const untils: number[] = [];
    script.wrap('awaitNodeStaysGone', (standard) => (context, node, untilAt, isReturnSeen) => {
      untils.push(untilAt - deletedAt);
      return standard(context, node, untilAt, isReturnSeen);
    });
    const cleaning = script.hold('runHostStage', 'cleanHost');
    const task = await stage.startTask(script, ['node-1'], { hostCleanup: 'required' });
    await cleaning.reached;
    expect(script.callsOf('awaitNodeStaysGone')).toEqual([]);
    cleaning.release();
    const { report } = await stage.awaitEnding(task);
    expect(script.callsOf('verifyHost', 'awaitNodeStaysGone')).toEqual([
      'verifyHost node-1',
      'awaitNodeStaysGone node-1',
    ]);
    // From the deletion on, however long the cleanup took.
    expect(untils).toEqual([expect.closeTo(60_000, -4)]);
    expect(report.nodes[0]?.steps.at(-1)).toMatchObject({
      name: 'finish',
      message: 'the Node did not re-register for 60 s; its annotations were deleted with it',
    });
  });

  it.concurrent("has what other components keep in the node's own report", async () => {
    const script = stage.createScript();
    const remaining = { objects: [{ kind: 'CiliumNode', name: 'node-1', advice: 'delete it' }], unread: [] };
    script.wrap('awaitNodeStaysGone', () => () => Promise.resolve({ notes: [], remaining }));
    const { report } = await stage.awaitEnding(await stage.startTask(script, ['node-1']));
    expect(report).toMatchObject({
      outcome: 'Decommissioned',
      nodes: [{ notes: [expect.stringContaining('was not cleaned')] }],
    });
    expect(report.nodes[0]).not.toHaveProperty('remaining');
    expect(report.nodes[0]?.steps.at(-1)?.message).toMatch(
      /deleted with it; 1 object of other components remains, see the report$/,
    );
    expect(await stage.childOf(script, 'node-1').result()).toMatchObject({ remaining });
  });

  it.concurrent('notes another machine of that name once', async () => {
    const script = stage.createScript();
    const other = { notes: ['another machine registered as node node-1'] };
    script.wrap('deleteNode', () => () => Promise.resolve(other));
    script.wrap('awaitNodeStaysGone', () => () => Promise.resolve(other));
    script.wrap(
      'readReturnedNodes',
      () => () =>
        Promise.resolve([
          { nodeName: 'node-1', isReturn: false, message: 'another machine registered as node node-1' },
        ]),
    );
    const { report } = await stage.awaitEnding(await stage.startTask(script, ['node-1']));
    expect(report.outcome).toBe('Decommissioned');
    expect(report.nodes[0]?.notes).toEqual([
      'another machine registered as node node-1',
      'the host was not cleaned: the node may rejoin when its kubelet restarts',
    ]);
  });

  it.concurrent('leaves the node cordoned with deleteNode: false', async () => {
    const script = stage.createScript({ 'node-1': [target('web-1')] });
    const { closedAs, report } = await stage.awaitEnding(
      await stage.startTask(script, ['node-1'], { deleteNode: false }),
    );
    expect([closedAs, report.outcome]).toEqual(['COMPLETED', 'Decommissioned']);
    expect(report.message).toBe('node node-1: drained and left cordoned (deleteNode: false).');
    expect(script.callsOf('readReturnedNodes')).toEqual([]);
    expect(script.calls.slice(-3)).toEqual([
      'releaseNodeKeepingCordon node-1',
      'releaseBudgets',
      'releaseNodeLock node-1',
    ]);
    const [node] = report.nodes;
    expect(node?.undo).toMatchObject([{ action: "remove this task's annotations from node node-1", status: 'Undone' }]);
    expect(node?.notes.at(-1)).toBe('node node-1 is drained and stays cordoned; its Node object still exists');
    expect(node?.steps.slice(5).map(({ status }) => status)).toEqual([
      'Skipped',
      'Skipped',
      'Skipped',
      'Skipped',
      'Skipped',
      'Succeeded',
    ]);
    expect(report.undo.map(({ action }) => action)).toEqual([
      'delete budget default/web-pdb',
      'release the lock on node node-1',
    ]);
  });
});

it.concurrent(
  'a task whose budgets cannot be released after the last node parks until an operator resumes it',
  async () => {
    const script = stage.createScript();
    script.fail('releaseBudgets', failure('Forbidden', 'forbidden.'), 1);
    const handle = await stage.startTask(script, ['node-1'], { deleteNode: false });
    const { outcome, message } = await stage.awaitStatus(handle, ({ phase }) => phase === 'NeedsOperator');
    expect([outcome, message]).toEqual([
      'NeedsOperator',
      "waiting for an operator: could not release this task's budgets: forbidden. Then `resume` the run.",
    ]);
    await handle.executeUpdate('resume', { args: [ANN] });
    const { report } = await stage.awaitEnding(handle);
    expect(report.outcome).toBe('Decommissioned');
    expect(script.callsOf('releaseBudgets', 'releaseNodeLock')).toEqual([
      'releaseBudgets',
      'releaseNodeLock node-1',
      'releaseBudgets',
    ]);
    expect(report.undo.map(({ status }) => status)).toEqual(['Undone', 'Undone']);
  },
);

describe('a node that re-registered before its task ended', () => {
  const back = (isReturn: boolean) => [{ nodeName: 'node-1', isReturn, message: 'the machine of node-1 is back.' }];

  it.concurrent('parks the task until an operator has resolved it', async () => {
    const script = stage.createScript();
    const seen: boolean[] = [];
    script.wrap('readReturnedNodes', () => (_context, _targets, isReturnSeen) => {
      seen.push(isReturnSeen);
      return Promise.resolve(seen.length < 3 ? back(true) : []);
    });
    const handle = await stage.startTask(script, ['node-1', 'node-2']);
    for (const checkCount of [1, 2]) {
      const status = await stage.awaitStatus(
        handle,
        ({ phase }) => phase === 'NeedsOperator' && seen.length === checkCount,
      );
      expect([status.outcome, status.message]).toEqual([
        'NeedsOperator',
        'waiting for an operator: the machine of node-1 is back. Then `resume` the run.',
      ]);
      await handle.executeUpdate('resume', { args: [ANN] });
    }
    const { closedAs, report } = await stage.awaitEnding(handle);
    expect([closedAs, report.outcome]).toEqual(['COMPLETED', 'Decommissioned']);
    expect(seen).toEqual([false, true, true]);
    expect(report.nodes[0]?.notes.at(-1)).toBe('was parked: the machine of node-1 is back.');
    expect(report.nodes[1]?.notes.join()).not.toContain('parked');
  });

  it.concurrent('also parks the task when the check fails', async () => {
    const script = stage.createScript();
    script.fail('readReturnedNodes', failure('Forbidden', 'forbidden.'), 1);
    const handle = await stage.startTask(script, ['node-1']);
    const { message } = await stage.awaitStatus(handle, ({ phase }) => phase === 'NeedsOperator');
    expect(message).toBe(
      'waiting for an operator: could not check whether deleted nodes have re-registered: forbidden. Then `resume` the run.',
    );
    await handle.executeUpdate('resume', { args: [ANN] });
    expect((await stage.awaitEnding(handle)).report.outcome).toBe('Decommissioned');
  });
});
