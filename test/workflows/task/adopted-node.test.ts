import { afterAll, describe, expect, it, jest } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import { failure, target, type TaskScript } from '../task-script.ts';
import { TEST_TIMEOUT_MILLISECONDS, WorkflowHarness } from '../workflow-harness.ts';

const ANN = { by: 'ann', reason: 'the API server is healthy again' };
const UNDO = ['uncordonNode', 'releaseBudgets', 'releaseNodeLock'] as const;

jest.setTimeout(TEST_TIMEOUT_MILLISECONDS);
const stage = await WorkflowHarness.open();
afterAll(() => stage.close());

/** Waits until the task has asked for the workflow of its node. */
const awaitAdoption = (script: TaskScript, handle: WorkflowHandle) =>
  stage.awaitStatus(handle, () => script.callsOf('awaitNodeWorkflow').length > 0);

describe('a task that is reset to before its child, which is deleting its Node', () => {
  const arrange = async () => {
    const script = stage.createScript();
    const deletion = script.hold('deleteNode');
    const first = await stage.startTask(script, ['node-1', 'node-2']);
    await deletion.reached;
    const handle = await stage.resetToStart(first);
    await awaitAdoption(script, handle);
    return { script, deletion, handle };
  };

  it.concurrent('waits for it, undoes nothing, and continues with the next node', async () => {
    const { script, deletion, handle } = await arrange();
    expect(script.callsOf(...UNDO)).toEqual([]);
    deletion.release();
    const { closedAs, report } = await stage.awaitEnding(handle);
    expect([closedAs, report.outcome]).toEqual(['COMPLETED', 'Decommissioned']);
    expect(script.callsOf('uncordonNode')).toEqual([]);
    expect(script.callsOf('deleteNode')).toEqual(['deleteNode node-1', 'deleteNode node-2']);
    expect(report.nodes[0]?.steps.find(({ name }) => name === 'deleteNode')?.status).toBe('Succeeded');
    const { runId } = await stage.childOf(script, 'node-1').describe();
    expect(report.nodes[0]).toMatchObject({ childRunId: runId });
  });

  it.concurrent('passes a cancellation on to it, and undoes only the node that is not started', async () => {
    const { script, deletion, handle } = await arrange();
    await handle.cancel();
    await stage.awaitHistory(stage.childOf(script, 'node-1'), 'EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED');
    deletion.release();
    const { closedAs, report } = await stage.awaitEnding(handle);
    expect([closedAs, report.nodes.map(({ outcome }) => outcome)]).toEqual([
      'CANCELLED',
      ['Decommissioned', 'Cancelled'],
    ]);
    expect(script.callsOf('uncordonNode')).toEqual(['uncordonNode node-2']);
  });

  it.concurrent('does not undo it when it is terminated, too', async () => {
    const { script, deletion, handle } = await arrange();
    script.wrap('readNodePresence', () => () => Promise.resolve('pastPointOfNoReturn'));
    await stage.childOf(script, 'node-1').terminate('by mistake');
    deletion.release();
    const { failureType, report } = await stage.awaitEnding(handle);
    expect([failureType, report.nodes.map(({ outcome }) => outcome)]).toEqual([
      'RollbackIncomplete',
      ['RollbackIncomplete', 'RolledBack'],
    ]);
    expect(script.callsOf('uncordonNode')).toEqual(['uncordonNode node-2']);
  });

  it.concurrent('resumes it when it is parked', async () => {
    const script = stage.createScript();
    script.fail('deleteNode', failure('Forbidden', 'outcome unknown.'), 1);
    const first = await stage.startTask(script, ['node-1']);
    await stage.awaitStatus(first, ({ phase }) => phase === 'NeedsOperator');
    const handle = await stage.resetToStart(first);
    await awaitAdoption(script, handle);
    await handle.executeUpdate('resume', { args: [ANN] });
    expect((await stage.awaitEnding(handle)).report.outcome).toBe('Decommissioned');
  });
});

describe('the same request after the task was terminated', () => {
  it.concurrent('waits for the node that its first run has left past the point of no return', async () => {
    const script = stage.createScript();
    const deletion = script.hold('deleteNode');
    const first = await stage.startTask(script, ['node-1']);
    await deletion.reached;
    await first.terminate('by mistake');
    const second = await stage.startTask(script, ['node-1']);
    await awaitAdoption(script, second);
    expect(script.callsOf(...UNDO)).toEqual([]);
    deletion.release();
    const { closedAs, report } = await stage.awaitEnding(second);
    expect([closedAs, report.outcome]).toEqual(['COMPLETED', 'Decommissioned']);
    expect(script.callsOf('deleteNode', 'uncordonNode')).toEqual(['deleteNode node-1']);
  });

  it.concurrent('with other settings is refused while that node runs', async () => {
    const script = stage.createScript();
    const deletion = script.hold('deleteNode');
    const first = await stage.startTask(script, ['node-1']);
    await deletion.reached;
    await first.terminate('by mistake');
    const second = await stage.startTask(script, ['node-1'], { deleteNode: false });
    const { failureType, report } = await stage.awaitEnding(second);
    expect([failureType, report.failure?.type]).toEqual(['Refused', 'NodeBusy']);
    deletion.release();
    expect((await stage.readChildReport(script, 'node-1')).outcome).toBe('Decommissioned');
  });
});

describe('the point of no return', () => {
  it.concurrent('is recorded on the Node before that is deleted', async () => {
    const script = stage.createScript({ 'node-1': [target('web-1')] });
    await stage.awaitEnding(await stage.startTask(script, ['node-1']));
    const changes = script.changes.slice(script.changes.indexOf('evictPod web-1'));
    expect(changes).toEqual(['evictPod web-1', 'markPointOfNoReturn node-1', 'deleteNode node-1', 'releaseBudgets']);
  });

  it.concurrent.each([
    ['the deletion is refused', 'deleteNode', failure('NodeDeletionRefused', 'denied.')],
    ['the record cannot be written', 'markPointOfNoReturn', failure('LockLost', 'another task took it.')],
  ] as const)('is removed from the Node before the undo when %s', async (_name, activity, error) => {
    const script = stage.createScript();
    script.fail(activity, error);
    const { report } = await stage.awaitEnding(await stage.startTask(script, ['node-1']));
    expect(report.outcome).toBe('RolledBack');
    expect(script.callsOf('clearPointOfNoReturn', 'uncordonNode')).toEqual([
      'clearPointOfNoReturn node-1',
      'uncordonNode node-1',
    ]);
  });

  it.concurrent('is not recorded by a drain that keeps the node', async () => {
    const script = stage.createScript();
    await stage.awaitEnding(await stage.startTask(script, ['node-1'], { deleteNode: false }));
    expect(script.callsOf('markPointOfNoReturn')).toEqual([]);
  });

  it.concurrent('makes an undo incomplete that finds it on the Node', async () => {
    const script = stage.createScript();
    script.fail('confirmDrained', failure('NodeBoundPods', 'a pod came back.'));
    script.wrap(
      'uncordonNode',
      () => () =>
        Promise.resolve({
          action: 'uncordon node node-1',
          status: 'Failed',
          message: 'it passed its point of no return.',
          commands: ['kubectl get node node-1'],
        }),
    );
    const { failureType, report } = await stage.awaitEnding(await stage.startTask(script, ['node-1']));
    expect(failureType).toBe('RollbackIncomplete');
    expect(report.nodes[0]?.steps.find(({ name }) => name === 'cordon')?.status).toBe('Succeeded');
  });
});
