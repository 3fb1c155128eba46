import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { readJoinedReport } from '../../../src/client/closed-report.ts';
import type { NodeReport } from '../../../src/domain/run/report.ts';
import type { RunStatus } from '../../../src/domain/run/status.ts';
import { target } from '../task-script.ts';
import { TEST_TIMEOUT_MILLISECONDS, WorkflowHarness } from '../workflow-harness.ts';

const ANN = { by: 'ann', reason: 'the shop is open' };

jest.setTimeout(TEST_TIMEOUT_MILLISECONDS);
const stage = await WorkflowHarness.open({
  // A node's history is as long as this when its first pods wait. The task continues as new, too.
  serverArguments: ['--dynamic-config-value', 'limit.historyCount.suggestContinueAsNew=20'],
});
afterAll(() => stage.close());

/** Pod web-1 is gone, and web-2 waits for its eviction. */
const arrange = async (request: Readonly<Record<string, unknown>> = {}) => {
  const script = stage.createScript({ 'node-1': [target('web-1'), target('web-2')] });
  const held = script.holdUntilCancelled('evictPod', 'web-2');
  const task = await stage.startTask(script, ['node-1'], request);
  await held.reached;
  const node = stage.childOf(script, 'node-1');
  const { runId } = await node.describe();
  /** Any message makes the history longer. */
  const awaitNextRun = async (): Promise<void> => {
    await node.signal('drainPicture', ['web-2 waits for budget default/web-pdb']);
    await stage.awaitStatus(node, () => script.callsOf('readDrainState').length > 1);
    expect((await node.describe()).runId).not.toBe(runId);
  };
  return { script, task: stage.client.workflow.getHandle(task.workflowId), node, runId, awaitNextRun };
};

describe('a node whose pods wait while its history becomes long', () => {
  it.concurrent('recalls their evictions, continues as new, and sends them again', async () => {
    const { script, task, node, awaitNextRun } = await arrange();
    const before = await node.query<RunStatus>('status');
    await awaitNextRun();
    const { closedAs, report } = await stage.awaitEnding(task);
    expect([closedAs, report.outcome]).toEqual(['COMPLETED', 'Decommissioned']);
    const own = (await readJoinedReport(stage.client, report)).nodes[0]!;
    expect(own.pods.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['web-1', 'Evicted'],
      ['web-2', 'Evicted'],
    ]);
    expect(own.steps.find(({ name }) => name === 'evict')?.startedAt).toBe(
      before.nodes[0]?.steps.find(({ name }) => name === 'evict')?.startedAt,
    );
    expect(script.callsOf('evictPod').toSorted()).toEqual(['evictPod web-1', 'evictPod web-2', 'evictPod web-2']);
    expect(script.callsOf('protectWorkloads')).toHaveLength(2);
  });

  it.concurrent('keeps its deadline, its start and the task that it works for', async () => {
    const { script, task, node, awaitNextRun } = await arrange({ timeoutSeconds: 600 });
    const before = await node.query<RunStatus>('status');
    const { memo } = await node.describe();
    script.holdUntilCancelled('evictPod', 'web-2');
    await awaitNextRun();
    const after = await stage.awaitStatus(node, ({ nodes }) => nodes[0]?.drainDeadlineAt !== undefined);
    expect(after.startedAt).toBe(before.startedAt);
    expect(after.nodes[0]?.drainDeadlineAt).toBe(before.nodes[0]?.drainDeadlineAt);
    expect((await node.describe()).memo).toEqual(memo);
    script.releaseAll();
    expect((await stage.awaitEnding(task)).report.outcome).toBe('Decommissioned');
  });

  it.concurrent('stays paused, and is resumed once', async () => {
    const { script, task, node, runId } = await arrange();
    await Promise.all([
      task.executeUpdate('pause', { args: [ANN] }),
      node.signal('drainPicture', ['web-2 waits for budget default/web-pdb']),
    ]);
    await stage.awaitStatus(node, ({ phase }) => phase === 'Paused');
    await node.signal('drainPicture', ['nothing is evicted']);
    await stage.awaitStatus(node, ({ phase }) => phase === 'Paused');
    expect((await node.describe()).runId).not.toBe(runId);
    await task.executeUpdate('resume', { args: [ANN] });
    expect((await stage.awaitEnding(task)).report.outcome).toBe('Decommissioned');
    expect(script.callsOf('evictPod').filter((call) => call === 'evictPod web-2')).toHaveLength(2);
  });

  it.concurrent('keeps what an operator has requested for its pods', async () => {
    const { script, task, node, runId } = await arrange();
    const pod = { ...ANN, namespace: 'default', name: 'web-2' };
    await task.executeUpdate('skipPod', { args: [pod] });
    await node.signal('drainPicture', ['web-2 is skipped']);
    await stage.awaitStatus(node, ({ message }) => message.includes('waiting until skipped pods are gone'));
    for (let isContinued = false; !isContinued;) {
      await node.signal('drainPicture', ['web-2 is skipped']);
      isContinued = (await node.describe()).runId !== runId;
    }
    await stage.awaitStatus(node, ({ message }) => message.includes('default/web-2 (by ann)'));
    expect(script.callsOf('evictPod').toSorted()).toEqual(['evictPod web-1', 'evictPod web-2']);
    await task.executeUpdate('retryPod', { args: [pod] });
    const { report } = await stage.awaitEnding(task);
    expect(report.outcome).toBe('Decommissioned');
    const own = (await readJoinedReport(stage.client, report)).nodes[0]!;
    expect(own.steering?.map(({ action }) => action)).toEqual(['skipPod', 'retryPod']);
  });

  it.concurrent('keeps waiting for the confirmation that its machine is off', async () => {
    const script = stage.createScript({ 'node-1': [target('web-1')] });
    const dead = { isOutOfService: false, areTerminating: true };
    script.wrap('readDrainState', (standard) => async (...call) => {
      const state = await standard(...call);
      return state.targets.length === 0 ? state : { ...state, dead };
    });
    const task = await stage.startTask(script, ['node-1'], { deadNode: 'outOfService', timeoutSeconds: 600 });
    const node = stage.childOf(script, 'node-1');
    const waits = ({ awaitsApproval }: RunStatus): boolean => awaitsApproval !== undefined;
    await stage.awaitStatus(stage.client.workflow.getHandle(task.workflowId), waits);
    const { runId } = await node.describe();
    for (let isContinued = false; !isContinued;) {
      await node.signal('drainPicture', ['nothing is evicted']);
      isContinued = (await node.describe()).runId !== runId;
    }
    await stage.awaitStatus(node, waits);
    await stage.client.workflow
      .getHandle(task.workflowId)
      .executeUpdate('approve', { args: [{ ...ANN, nodeName: 'node-1', machineIsOff: true }] });
    const { report } = await stage.awaitEnding(stage.client.workflow.getHandle(task.workflowId));
    expect(report.outcome).toBe('Decommissioned');
    expect(script.callsOf('markOutOfService')).toHaveLength(1);
  });

  it.concurrent('is undone when its task is cancelled afterwards', async () => {
    const { script, task, node, awaitNextRun } = await arrange();
    const again = script.holdUntilCancelled('evictPod', 'web-2');
    await awaitNextRun();
    await again.reached;
    await task.cancel();
    const { closedAs, report } = await stage.awaitEnding(task);
    expect([closedAs, report.nodes[0]?.outcome]).toEqual(['CANCELLED', 'Cancelled']);
    const own = await stage.awaitClosing<NodeReport>(node);
    expect(own.report.pods.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['web-1', 'Evicted'],
      ['web-2', 'NotEvicted'],
    ]);
    const joined = await readJoinedReport(stage.client, report);
    expect(joined.nodes[0]?.pods).toHaveLength(2);
    expect(script.callsOf('uncordonNode')).toEqual(['uncordonNode node-1']);
  });
});
