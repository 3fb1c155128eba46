import { afterAll, describe, expect, it, jest } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import type { RunStatus } from '../../../src/domain/run/status.ts';
import { failure, target } from '../task-script.ts';
import { turnWindows, WINDOWS } from '../turned-windows.ts';
import { TEST_TIMEOUT_MILLISECONDS, WorkflowHarness } from '../workflow-harness.ts';

const ANN = { by: 'ann', reason: 'change 1234' };
const CLOSED = /No window is open until \d{4}-.*Z: /;

jest.setTimeout(TEST_TIMEOUT_MILLISECONDS);
const stage = await WorkflowHarness.open();
afterAll(() => stage.close());

const awaitClosed = (handle: WorkflowHandle): Promise<RunStatus> =>
  stage.awaitStatus(handle, ({ opensAt }) => opensAt !== undefined);

describe('a task with windows', () => {
  it.concurrent('changes nothing before the first one opens, and its status shows when that is', async () => {
    const script = stage.createScript();
    const turn = turnWindows(script, false);
    const handle = await stage.startTask(script, ['node-1'], { windows: WINDOWS });
    const status = await awaitClosed(handle);
    expect([status.phase, status.message]).toEqual(['Preparing', expect.stringMatching(CLOSED)]);
    expect(script.changes).toEqual([]);
    turn(true);
    expect((await stage.awaitEnding(handle)).report.outcome).toBe('Decommissioned');
    expect(await handle.query('status')).not.toHaveProperty('opensAt');
  });

  it.concurrent('lets a node finish when they close in the middle of its drain, and starts no other', async () => {
    const script = stage.createScript({ 'node-1': [target('web-1')] });
    const turn = turnWindows(script, true);
    const eviction = script.hold('evictPod');
    const handle = await stage.startTask(script, ['node-1', 'node-2'], { windows: WINDOWS });
    await eviction.reached;
    turn(false);
    await awaitClosed(handle);
    eviction.release();
    expect((await stage.readChildReport(script, 'node-1')).outcome).toBe('Decommissioned');
    const status = await stage.awaitStatus(
      handle,
      ({ nodes, opensAt }) => nodes[0]?.outcome !== undefined && opensAt !== undefined,
    );
    expect(status.waits).toMatch(/^1 node waits: no window is open until /);
    expect(status.message).toMatch(/no node starts; nodes that run finish\.$/);
    expect(script.callsOf('readDrainState').join()).not.toContain('node-2');
    turn(true);
    expect((await stage.awaitEnding(handle)).report.outcome).toBe('Decommissioned');
    expect(script.callsOf('evictPod')).toHaveLength(1);
  });

  it.concurrent('starts no node after the end of a window while the next one is not judged', async () => {
    const script = stage.createScript();
    let isAnswered = false;
    script.wrap('judgeWindows', () => (_windows, at) => {
      if (script.callsOf('judgeWindows').length === 1) return Promise.resolve({ isOpen: true, changesAt: at + 3000 });
      if (!isAnswered) return Promise.reject(failure('Busy', 'no answer yet.', false));
      return Promise.resolve({ isOpen: true, changesAt: at + 3_600_000 });
    });
    const deletion = script.hold('deleteNode', 'node-1');
    const handle = await stage.startTask(script, ['node-1', 'node-2'], { windows: WINDOWS });
    await deletion.reached;
    await stage.awaitStatus(handle, () => script.callsOf('judgeWindows').length > 1);
    deletion.release();
    const { waits } = await stage.awaitStatus(handle, ({ nodes }) => nodes[0]?.outcome !== undefined);
    expect(waits).toBe('1 node waits: the windows are being checked');
    isAnswered = true;
    expect((await stage.awaitEnding(handle)).report.outcome).toBe('Decommissioned');
  });

  it.concurrent('changes nothing when a pause outlasts the window', async () => {
    const script = stage.createScript();
    const turn = turnWindows(script, false);
    const handle = await stage.startTask(script, ['node-1'], { windows: WINDOWS });
    await awaitClosed(handle);
    await handle.executeUpdate('pause', { args: [ANN] });
    turn(true);
    await stage.awaitStatus(handle, ({ opensAt }) => opensAt === undefined);
    turn(false);
    await awaitClosed(handle);
    await handle.executeUpdate('resume', { args: [ANN] });
    const seenCount = script.callsOf('judgeWindows').length;
    await stage.awaitStatus(handle, () => script.callsOf('judgeWindows').length > seenCount + 1);
    expect(script.changes).toEqual([]);
    turn(true);
    expect((await stage.awaitEnding(handle)).report.outcome).toBe('Decommissioned');
  });

  it.concurrent('with `pause`, recalls evictions when they close, and sends them again when one opens', async () => {
    const script = stage.createScript({ 'node-1': [target('web-1'), target('web-2')] });
    const turn = turnWindows(script, true);
    const deadlines: number[] = [];
    const eviction = script.holdUntilCancelled('evictPod', 'web-1');
    script.wrap('evictPod', (standard) => (context, input) => {
      if (input.pod.name === 'web-1') deadlines.push(input.deadlineAt ?? 0);
      return standard(context, input);
    });
    const handle = await stage.startTask(script, ['node-1'], { windows: WINDOWS, onWindowClose: 'pause' });
    await eviction.reached;
    const child = stage.childOf(script, 'node-1');
    await stage.awaitStatus(child, ({ nodes }) => nodes[0]?.pods.some(({ state }) => state === 'Evicted') === true);
    turn(false);
    const seen = await stage.awaitStatus(
      child,
      ({ nodes, opensAt }) =>
        opensAt !== undefined && nodes[0]?.pods.every(({ state }) => state !== 'Evicting') === true,
    );
    expect([seen.phase, seen.message]).toEqual(['Draining', expect.stringMatching(CLOSED)]);
    expect(seen.nodes[0]?.pods.map(({ name, state }) => [name, state])).toEqual([
      ['web-2', 'Evicted'],
      ['web-1', 'NotEvicted'],
    ]);
    expect((await awaitClosed(handle)).message).toMatch(/no other eviction is sent\.$/);
    turn(true);
    expect((await stage.awaitEnding(handle)).report.outcome).toBe('Decommissioned');
    expect(script.callsOf('evictPod').toSorted()).toEqual(['evictPod web-1', 'evictPod web-1', 'evictPod web-2']);
    expect(deadlines[1]).toBeGreaterThan(deadlines[0] ?? Number.NaN);
    await stage.expectNoFailedTasks(child);
  });

  it.concurrent('finishes a node past its point of no return, also with `pause`', async () => {
    const script = stage.createScript();
    const turn = turnWindows(script, true);
    const deletion = script.hold('deleteNode');
    const handle = await stage.startTask(script, ['node-1'], { windows: WINDOWS, onWindowClose: 'pause' });
    await deletion.reached;
    turn(false);
    await awaitClosed(handle);
    deletion.release();
    expect((await stage.awaitEnding(handle)).report.outcome).toBe('Decommissioned');
  });

  it.concurrent('begins no drain outside of them that was approved late', async () => {
    const script = stage.createScript({ 'node-1': [target('web-1')] });
    const turn = turnWindows(script, true);
    const handle = await stage.startTask(script, ['node-1'], { windows: WINDOWS, approval: 'beforeEviction' });
    await stage.awaitStatus(handle, ({ awaitsApproval }) => awaitsApproval !== undefined);
    turn(false);
    const child = stage.childOf(script, 'node-1');
    await awaitClosed(child);
    await handle.executeUpdate('approve', { args: [ANN] });
    await stage.awaitStatus(child, ({ message }) => message.includes('was approved'));
    expect(script.callsOf('readDrainState')).toEqual([]);
    turn(true);
    expect((await stage.awaitEnding(handle)).report.outcome).toBe('Decommissioned');
  });

  it.concurrent('can be cancelled while it waits for one: nothing was changed', async () => {
    const script = stage.createScript();
    turnWindows(script, false);
    const handle = await stage.startTask(script, ['node-1'], { windows: WINDOWS });
    await awaitClosed(handle);
    await handle.cancel();
    const { closedAs, report } = await stage.awaitEnding(handle);
    expect([closedAs, report.outcome, script.changes]).toEqual(['CANCELLED', 'Cancelled', []]);
  });

  it.concurrent('whose node runs in the workflow itself keeps to them, too', async () => {
    const script = stage.createScript({ 'node-1': [target('web-1')] });
    const turn = turnWindows(script, true);
    const eviction = script.holdUntilCancelled('evictPod');
    const handle = await stage.startByItself(script, 'node-1', { windows: WINDOWS, onWindowClose: 'pause' });
    await eviction.reached;
    turn(false);
    await stage.awaitStatus(handle, ({ nodes }) => nodes[0]?.pods[0]?.state === 'NotEvicted');
    expect((await awaitClosed(handle)).message).toMatch(CLOSED);
    turn(true);
    expect((await stage.awaitEnding(handle)).report.outcome).toBe('Decommissioned');
  });
});
