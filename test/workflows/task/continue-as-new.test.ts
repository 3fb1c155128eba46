import { afterAll, describe, expect, it, jest } from '@jest/globals';
import type { DecommissionPlan } from '../../../src/domain/plan/decommission-plan.ts';
import { podPlan } from '../../builders/decommission-plan.ts';
import { leaveUnprotected } from '../leave-unprotected.ts';
import { failure, target } from '../task-script.ts';
import { TEST_TIMEOUT_MILLISECONDS, WorkflowHarness } from '../workflow-harness.ts';

const ANN = { by: 'ann', reason: 'the shop is open' };
const NODES = ['node-1', 'node-2', 'node-3', 'node-4', 'node-5'];

jest.setTimeout(TEST_TIMEOUT_MILLISECONDS);
const stage = await WorkflowHarness.open({
  // Every node adds more events than this: the task continues as new before each node.
  serverArguments: ['--dynamic-config-value', 'limit.historyCount.suggestContinueAsNew=8'],
});
afterAll(() => stage.close());

describe('a task whose history is long', () => {
  it.concurrent('continues as new between its nodes, and ends with all of them in its report', async () => {
    const script = stage.createScript();
    for (const nodeName of NODES) script.plannedPods.set(nodeName, [podPlan({ name: `web-${nodeName}` })]);
    const holders = new Set<string>();
    script.wrap('confirmDrained', (standard) => (context, request, node) => {
      holders.add(context.holder.firstExecutionRunId);
      return standard(context, request, node);
    });
    const last = script.hold('confirmDrained', 'node-5');
    const handle = await stage.startTask(script, NODES);
    await last.reached;
    const { runId } = await handle.describe();
    expect(runId).not.toBe(handle.firstExecutionRunId);
    const plan = await handle.query<DecommissionPlan>('plan');
    expect(plan.nodes.map(({ nodeName, pods }) => [nodeName, pods])).toEqual(NODES.map((nodeName) => [nodeName, []]));
    expect(plan.findings.map(({ code, message }) => [code, message])).toEqual([
      ['NotChecked', expect.stringMatching(/^the 5 pods of this plan are not listed .*first run/)],
    ]);
    const status = await stage.awaitStatus(handle, () => true);
    expect(status.nodes.map(({ outcome }) => outcome)).toEqual([...Array<string>(4).fill('Decommissioned'), undefined]);
    last.release();
    const { closedAs, report } = await stage.awaitEnding(handle);
    expect([closedAs, report.outcome]).toEqual(['COMPLETED', 'Decommissioned']);
    expect(report.nodes.map(({ nodeName, steps }) => [nodeName, steps.at(-1)?.status])).toEqual(
      NODES.map((nodeName) => [nodeName, 'Succeeded']),
    );
    expect(report.startedAt).toBe(status.startedAt);
    expect([...holders]).toEqual([handle.firstExecutionRunId]);
    expect(script.callsOf('planTask', 'cordonNode', 'releaseBudgets')).toEqual([
      'planTask',
      ...NODES.map((nodeName) => `cordonNode ${nodeName}`),
      'releaseBudgets',
    ]);
  });

  it.concurrent('keeps the planned workloads and the earlier state of a node', async () => {
    const script = stage.createScript({ 'node-3': [target('web-1'), target('db-0', { workload: 'StatefulSet/db' })] });
    script.plannedPods.set('node-3', [podPlan({ name: 'web-1' })]);
    leaveUnprotected(script, 'it has one replica');
    script.fail('confirmDrained', failure('LockLost', 'another task took it.'), Number.POSITIVE_INFINITY, 'node-3');
    script.fail('uncordonNode', failure('Forbidden', 'forbidden.'));
    const { report } = await stage.awaitEnding(await stage.startTask(script, ['node-1', 'node-2', 'node-3', 'node-4']));
    expect(report.nodes[2]?.notes.filter((note) => note.includes('replica'))).toEqual([
      expect.stringMatching(/^StatefulSet\/db/),
    ]);
    expect(report.nodes[2]?.undo[0]?.commands).toContain('kubectl uncordon node-3');
    expect(report.nodes[2]?.undo[0]?.commands).toHaveLength(2);
    expect(report.undo[0]?.commands).toHaveLength(2);
  });

  it.concurrent('of several nodes at once lets the running ones end first', async () => {
    const script = stage.createScript({ 'node-1': [target('web-1')] });
    script.fail('evictPod', failure('EvictionRefused', 'the API server refused.'), 1);
    const second = script.hold('confirmDrained', 'node-2');
    const request = { maxConcurrentNodes: 2, stopAfterFailures: 2 };
    const handle = await stage.startTask(script, NODES, request);
    await second.reached;
    const status = await stage.awaitStatus(handle, ({ nodes }) => nodes[0]?.outcome === 'RolledBack');
    expect(status.waits).toBe('the task continues as new before other nodes start');
    second.release();
    const { failureType, report } = await stage.awaitEnding(handle);
    expect((await handle.describe()).runId).not.toBe(handle.firstExecutionRunId);
    expect([failureType, report.nodes.map(({ outcome }) => outcome)]).toEqual([
      'RolledBack',
      ['RolledBack', ...Array<string>(4).fill('Decommissioned')],
    ]);
    expect(report.message).toMatch(/^node node-1: the API server refused\. 4 of 5 nodes/);
    expect(script.callsOf('uncordonNode', 'releaseNodeLock')).toEqual([
      'uncordonNode node-1',
      'releaseNodeLock node-1',
    ]);
  });

  it.concurrent('stays paused across runs', async () => {
    const script = stage.createScript();
    const gone = script.hold('awaitNodeStaysGone', 'node-1');
    const handle = await stage.startTask(script, ['node-1', 'node-2']);
    await gone.reached;
    const { runId } = await handle.describe();
    await handle.executeUpdate('pause', { args: [ANN] });
    gone.release();
    const status = await stage.awaitStatus(handle, ({ nodes }) => nodes[0]?.outcome === 'Decommissioned');
    expect(status).toMatchObject({ phase: 'Paused', paused: ANN });
    await stage.awaitHistory(handle, 'EVENT_TYPE_WORKFLOW_TASK_COMPLETED');
    expect(await stage.awaitStatus(handle, () => true)).toMatchObject({ phase: 'Paused', paused: status.paused });
    expect((await handle.describe()).runId).not.toBe(runId);
    await handle.executeUpdate('resume', { args: [ANN] });
    expect((await stage.awaitEnding(handle)).report.outcome).toBe('Decommissioned');
  });

  it.concurrent('keeps what to undo', async () => {
    const script = stage.createScript({ 'node-3': [target('web-1')] });
    script.fail('evictPod', failure('EvictionRefused'));
    const handle = await stage.startTask(script, ['node-1', 'node-2', 'node-3', 'node-4']);
    const { failureType, report } = await stage.awaitEnding(handle);
    expect([failureType, report.nodes.map(({ outcome }) => outcome)]).toEqual([
      'RolledBack',
      ['Decommissioned', 'Decommissioned', 'RolledBack', 'RolledBack'],
    ]);
    const calls = script.callsOf('uncordonNode', 'releaseBudgets', 'releaseNodeLock');
    expect(calls.slice(0, 3)).toEqual(['uncordonNode node-3', 'uncordonNode node-4', 'releaseBudgets']);
    expect(calls.slice(3).toSorted()).toEqual(['releaseNodeLock node-3', 'releaseNodeLock node-4']);
  });

  it.concurrent('processes a cancellation directly before it continues as new', async () => {
    const script = stage.createScript();
    const gone = script.hold('awaitNodeStaysGone', 'node-1');
    const handle = await stage.startTask(script, ['node-1', 'node-2']);
    await gone.reached;
    await handle.cancel();
    gone.release();
    const { closedAs, report } = await stage.awaitEnding(handle);
    expect([closedAs, report.nodes.map(({ outcome }) => outcome)]).toEqual([
      'CANCELLED',
      ['Decommissioned', 'Cancelled'],
    ]);
  });
});
