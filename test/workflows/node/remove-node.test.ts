import { afterAll, describe, expect, it, jest } from '@jest/globals';
import type { DeletionPast } from '../../../src/activities/node/delete-node.ts';
import { failure, target, type ActivityName } from '../task-script.ts';
import { TEST_TIMEOUT_MILLISECONDS, WorkflowHarness } from '../workflow-harness.ts';

const ANN = { by: 'ann', reason: 'the API server is well again' };

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
    'parks after the failure of %s with %s until a person resumes it',
    async (name, type, calls) => {
      const script = stage.createScript();
      const pasts: DeletionPast[] = [];
      script.fail(name, failure(type, 'nobody knows.'), 1);
      script.wrap('deleteNode', (standard) => (context, node, past) => {
        pasts.push(past);
        return standard(context, node, past);
      });
      const handle = await stage.startTask(script, ['node-1']);
      const task = await stage.awaitStatus(handle, ({ phase }) => phase === 'NeedsOperator');
      expect(task.outcome).toBe('NeedsOperator');
      expect(task.message).toBe('node node-1 needs a person: nobody knows. Then `resume`.');
      const child = await stage.awaitStatus(stage.childOf(script, 'node-1'), () => true);
      expect(child).toMatchObject({ phase: 'NeedsOperator', outcome: 'NeedsOperator' });
      expect(child.nodes[0]?.steps[6]).toMatchObject({ name: 'deleteNode', status: 'Running' });
      await handle.executeUpdate('resume', { args: [ANN] });
      const { closedAs, report } = await stage.awaitEnding(handle);
      expect([closedAs, report.outcome]).toEqual(['COMPLETED', 'Decommissioned']);
      expect(report.nodes[0]?.notes[0]).toBe('was parked: nobody knows.');
      expect(script.callsOf('deleteNode', 'awaitNodeStaysGone')).toEqual(calls.map((call) => `${call} node-1`));
      expect(pasts).toEqual([
        { attemptedBefore: false, isReturnSeen: false },
        { attemptedBefore: true, isReturnSeen: type === 'NodeCameBack' },
      ]);
    },
  );

  it.concurrent('parks again when it fails again, and hears a resume given to the node itself', async () => {
    const script = stage.createScript();
    script.fail('deleteNode', failure('NodeDeletionRefused', 'still no.'));
    script.fail('deleteNode', failure('Forbidden', 'nobody knows.'), 1);
    const handle = await stage.startTask(script, ['node-1']);
    await stage.awaitStatus(handle, ({ phase }) => phase === 'NeedsOperator');
    await stage.childOf(script, 'node-1').executeUpdate('resume', { args: [ANN] });
    await stage.awaitStatus(handle, ({ message }) => message.includes('still no.'));
    // A refusal that comes after an unknown outcome proves nothing any more.
    expect(script.callsOf('uncordonNode')).toEqual([]);
    await handle.terminate();
  });

  it.concurrent('takes another machine of that name for a note, once', async () => {
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
    expect(report.message).toBe('node node-1: drained and left cordoned, as deleteNode: false asks.');
    expect(script.callsOf('readReturnedNodes')).toEqual([]);
    expect(script.calls.slice(-3)).toEqual([
      'releaseNodeKeepingCordon node-1',
      'releaseBudgets',
      'releaseNodeLock node-1',
    ]);
    const [node] = report.nodes;
    expect(node?.undo).toMatchObject([{ action: 'take our marks off node node-1', status: 'Undone' }]);
    expect(node?.notes.at(-1)).toBe('node node-1 is drained and stays cordoned; its Node object is still there');
    expect(node?.steps.slice(5).map(({ status }) => status)).toEqual([
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

it.concurrent('a task whose budgets cannot be let go after the last node parks until a person resumes it', async () => {
  const script = stage.createScript();
  script.fail('releaseBudgets', failure('Forbidden', 'we may not.'), 1);
  const handle = await stage.startTask(script, ['node-1'], { deleteNode: false });
  const { outcome, message } = await stage.awaitStatus(handle, ({ phase }) => phase === 'NeedsOperator');
  expect([outcome, message]).toEqual([
    'NeedsOperator',
    'needs a person: could not let go of the budgets of this task: we may not. Then `resume`.',
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
});

describe('a node that came back before its task ended', () => {
  const back = (isReturn: boolean) => [{ nodeName: 'node-1', isReturn, message: 'the machine of node-1 is back.' }];

  it.concurrent('parks the task until a person has dealt with it', async () => {
    const script = stage.createScript();
    const seen: boolean[] = [];
    script.wrap('readReturnedNodes', () => (_context, _targets, isReturnSeen) => {
      seen.push(isReturnSeen);
      return Promise.resolve(seen.length < 3 ? back(true) : []);
    });
    const handle = await stage.startTask(script, ['node-1', 'node-2']);
    for (const looks of [1, 2]) {
      const status = await stage.awaitStatus(handle, ({ phase }) => phase === 'NeedsOperator' && seen.length === looks);
      expect([status.outcome, status.message]).toEqual([
        'NeedsOperator',
        'needs a person: the machine of node-1 is back. Then `resume`.',
      ]);
      await handle.executeUpdate('resume', { args: [ANN] });
    }
    const { closedAs, report } = await stage.awaitEnding(handle);
    expect([closedAs, report.outcome]).toEqual(['COMPLETED', 'Decommissioned']);
    expect(seen).toEqual([false, true, true]);
    expect(report.nodes[0]?.notes.at(-1)).toBe('was parked: the machine of node-1 is back.');
    expect(report.nodes[1]?.notes.join()).not.toContain('parked');
  });

  it.concurrent('parks the task as well when nobody can look', async () => {
    const script = stage.createScript();
    script.fail('readReturnedNodes', failure('Forbidden', 'we may not.'), 1);
    const handle = await stage.startTask(script, ['node-1']);
    const { message } = await stage.awaitStatus(handle, ({ phase }) => phase === 'NeedsOperator');
    expect(message).toBe(
      'needs a person: whether the deleted nodes stayed gone could not be seen: we may not. Then `resume`.',
    );
    await handle.executeUpdate('resume', { args: [ANN] });
    expect((await stage.awaitEnding(handle)).report.outcome).toBe('Decommissioned');
  });
});
