import { afterAll, describe, expect, it, jest } from '@jest/globals';
import type { RunStatus } from '../../../src/domain/run/status.ts';
import { target } from '../task-script.ts';
import { TEST_TIMEOUT_MILLISECONDS, WorkflowHarness } from '../workflow-harness.ts';

const ANN = { by: 'ann', reason: 'the shop is open' };

jest.setTimeout(TEST_TIMEOUT_MILLISECONDS);
const stage = await WorkflowHarness.open({
  // The second signal to a workflow is refused.
  serverArguments: ['--dynamic-config-value', 'history.maximumSignalsPerExecution=1'],
});
afterAll(() => stage.close());

const begin = async () => {
  const script = stage.createScript({ 'node-1': [target('web-1')] });
  const eviction = script.holdUntilCancelled('evictPod');
  const task = await stage.startTask(script, ['node-1', 'node-2']);
  await eviction.reached;
  const send = (update: 'pause' | 'resume'): Promise<RunStatus> => task.executeUpdate(update, { args: [ANN] });
  return { eviction, task, send, node: stage.childOf(script, 'node-1') };
};

describe('a pause that the server does not deliver to the node', () => {
  it.concurrent('is visible in the answer and the status, until the message is delivered another way', async () => {
    const { eviction, task, send, node } = await begin();
    await node.signal('resumeNode', ANN);
    const answer = await send('pause');
    expect(answer.phase).toBe('Paused');
    expect(answer.message).toMatch(
      /^paused by ann: the shop is open\. The pause could not be delivered to node node-1: .*limit.* Send it to the workflow of the node: `pause decommission\//,
    );
    expect((await task.query<RunStatus>('status')).message).toBe(answer.message);
    expect((await node.query<RunStatus>('status')).phase).toBe('Draining');
    eviction.release();
    const status = await stage.awaitStatus(task, ({ nodes }) => nodes[0]?.outcome === 'Decommissioned');
    // The node that it concerned has ended, and the next one waits.
    expect([status.phase, status.message]).toEqual(['Paused', 'paused by ann: the shop is open']);
    await send('resume');
    expect((await stage.awaitEnding(task)).report.outcome).toBe('Decommissioned');
  });

  it.concurrent('and a resume, in the same way', async () => {
    const { task, send, node } = await begin();
    expect((await send('pause')).message).toBe('paused by ann: the shop is open');
    await stage.awaitStatus(node, ({ phase }) => phase === 'Paused');
    const answer = await send('resume');
    expect([answer.phase, answer.message]).toEqual([
      'Draining',
      expect.stringContaining('The resume could not be delivered to node node-1: '),
    ]);
    await node.executeUpdate('resume', { args: [ANN] });
    expect((await stage.awaitEnding(task)).report.outcome).toBe('Decommissioned');
  });
});
