import { afterAll, describe, expect, it, jest } from '@jest/globals';
import type { RunStatus } from '../../src/domain/run/status.ts';
import { failure, target } from './task-script.ts';
import { TEST_TIMEOUT_MILLISECONDS, WorkflowHarness } from './workflow-harness.ts';

const ANN = { by: 'ann', reason: 'the API server is healthy again' };

jest.setTimeout(TEST_TIMEOUT_MILLISECONDS);
const stage = await WorkflowHarness.open();
afterAll(() => stage.close());

describe('decommissionNode without a task', () => {
  it.concurrent("does the task's part too and keeps the pods in its report", async () => {
    const script = stage.createScript({ 'node-1': [target('web-1')] });
    const { closedAs, report } = await stage.awaitEnding(await stage.startByItself(script, 'node-1'));
    expect([closedAs, report.outcome]).toEqual(['COMPLETED', 'Decommissioned']);
    expect(report.nodes[0]?.pods).toMatchObject([{ name: 'web-1', outcome: 'Evicted' }]);
    expect(report.nodes[0]?.childWorkflowId).toBeUndefined();
    expect(script.calls.slice(2, 5)).toEqual([
      'acquireNodeLock node-1',
      'protectWorkloads node-1',
      'cordonNode node-1',
    ]);
    expect(script.calls.slice(-2)).toEqual(['releaseBudgets', 'readReturnedNodes node-1']);
  });

  it.concurrent('refuses several nodes', async () => {
    const script = stage.createScript();
    const { failureType } = await stage.awaitEnding(
      await stage.startByItself(script, 'node-1', { nodeNames: ['node-1', 'node-2'] }),
    );
    expect(failureType).toBe('InvalidInput');
    expect(script.changes).toEqual([]);
  });

  it.concurrent('undoes its changes once when the drain fails', async () => {
    const script = stage.createScript({ 'node-1': [target('web-1')] });
    script.fail('evictPod', failure('EvictionRefused'));
    const { failureType } = await stage.awaitEnding(await stage.startByItself(script, 'node-1'));
    expect(failureType).toBe('RolledBack');
    expect(script.callsOf('uncordonNode', 'releaseBudgets', 'releaseNodeLock')).toEqual([
      'uncordonNode node-1',
      'releaseBudgets',
      'releaseNodeLock node-1',
    ]);
  });

  it.concurrent('undoes its changes when cancelled, and leaves its report in the memo', async () => {
    const script = stage.createScript({ 'node-1': [target('web-1')] });
    const eviction = script.holdUntilCancelled('evictPod');
    const handle = await stage.startByItself(script, 'node-1');
    await eviction.reached;
    expect(await handle.query<RunStatus>('status')).toMatchObject({
      phase: 'Draining',
      nodes: [{ pods: [{ name: 'web-1', state: 'Evicting' }] }],
    });
    await handle.cancel();
    const { closedAs, report } = await stage.awaitEnding(handle);
    expect([closedAs, report.outcome, report.nodes[0]?.pods]).toEqual(['CANCELLED', 'Cancelled', []]);
  });

  it.concurrent('pauses and resumes', async () => {
    const script = stage.createScript({ 'node-1': [target('web-1')] });
    const eviction = script.holdUntilCancelled('evictPod');
    const handle = await stage.startByItself(script, 'node-1');
    await eviction.reached;
    await handle.executeUpdate('pause', { args: [ANN] });
    await stage.awaitStatus(
      handle,
      ({ phase, nodes }) => phase === 'Paused' && nodes[0]?.pods[0]?.state === 'NotEvicted',
    );
    await handle.executeUpdate('resume', { args: [ANN] });
    expect((await stage.awaitEnding(handle)).report.outcome).toBe('Decommissioned');
  });

  it.concurrent('parks past the point of no return', async () => {
    const script = stage.createScript();
    script.fail('deleteNode', failure('Forbidden', 'outcome unknown.'), 1);
    const handle = await stage.startByItself(script, 'node-1');
    const status = await stage.awaitStatus(handle, ({ phase }) => phase === 'NeedsOperator');
    expect(status).toMatchObject({
      outcome: 'NeedsOperator',
      message: 'waiting for an operator: outcome unknown. Then `resume` the run.',
    });
    await handle.executeUpdate('resume', { args: [ANN] });
    expect((await stage.awaitEnding(handle)).report.outcome).toBe('Decommissioned');
  });
});
