import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { DecommissionReport, NodeReport } from '../../../src/domain/run/report.ts';
import { toNodeWorkflowId } from '../../../src/domain/run/workflow-ids.ts';
import { failure, target, type TaskScript } from '../task-script.ts';
import { TEST_TIMEOUT_MILLISECONDS, WorkflowHarness } from '../workflow-harness.ts';

jest.setTimeout(TEST_TIMEOUT_MILLISECONDS);

describe('storeReport', () => {
  let harness: WorkflowHarness;
  beforeAll(async () => {
    harness = await WorkflowHarness.open();
  }, TEST_TIMEOUT_MILLISECONDS);
  afterAll(async () => {
    await harness.close();
  });

  /** A node with one pod, of a worker that has a place for reports. */
  const prepare = () => {
    const script = harness.createScript({ 'node-1': [target('web-1')] });
    script.storesReports = true;
    const stored: DecommissionReport[] = [];
    script.wrap('storeReport', () => (_context, report) => {
      stored.push(report);
      return Promise.resolve();
    });
    return { script, stored };
  };

  const runTask = async (script: TaskScript): Promise<unknown> =>
    await (await harness.startTask(script, ['node-1'])).result().catch(() => undefined);

  it('stores the full report of a node as its workflow ends, before that of its task', async () => {
    const { script, stored } = prepare();
    await runTask(script);
    expect(stored).toMatchObject([
      { cluster: script.cluster, taskId: '42', outcome: 'Decommissioned', nodes: [{ pods: [{ name: 'web-1' }] }] },
    ]);
    expect(script.calls.indexOf('storeReport node-1')).toBeLessThan(script.calls.indexOf('releaseBudgets'));
  });

  it('stores that of a node whose changes were undone', async () => {
    const { script, stored } = prepare();
    script.fail('confirmDrained', failure('CordonLost'));
    await runTask(script);
    expect(stored).toMatchObject([{ outcome: 'RolledBack', failure: { type: 'CordonLost' } }]);
    expect(stored[0]?.nodes[0]?.undo).not.toEqual([]);
  });

  it('stores that of a node without a task', async () => {
    const { script, stored } = prepare();
    await (await harness.startByItself(script, 'node-1')).result();
    expect(stored).toMatchObject([{ outcome: 'Decommissioned', nodes: [{ nodeName: 'node-1' }] }]);
  });

  it('notes a failure to store it, and changes nothing else', async () => {
    const { script } = prepare();
    script.fail('storeReport', failure('ReportNotStored', 'no space left'));
    expect(await runTask(script)).toMatchObject({ outcome: 'Decommissioned' });
    const child = harness.client.workflow.getHandle(toNodeWorkflowId(script.cluster, 'node-1'));
    const { outcome, notes } = (await child.result()) as NodeReport;
    expect({ outcome, last: notes.at(-1) }).toEqual({
      outcome: 'Decommissioned',
      last: 'this report could not be stored: no space left',
    });
  });

  it('does nothing where the worker has no place for reports', async () => {
    const { script, stored } = prepare();
    script.storesReports = false;
    await runTask(script);
    expect(stored).toEqual([]);
  });
});
