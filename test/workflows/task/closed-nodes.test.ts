import { afterAll, describe, expect, it, jest } from '@jest/globals';
import type { NodeReport } from '../../../src/domain/run/report.ts';
import { failure, target } from '../task-script.ts';
import { TEST_TIMEOUT_MILLISECONDS, WorkflowHarness } from '../workflow-harness.ts';

jest.setTimeout(TEST_TIMEOUT_MILLISECONDS);
const stage = await WorkflowHarness.open();
afterAll(() => stage.close());

describe("a node's workflow closes by its own outcome", () => {
  it.concurrent('completed, when the node is decommissioned', async () => {
    const script = stage.createScript({ 'node-1': [target('web-1')] });
    await stage.awaitEnding(await stage.startTask(script, ['node-1']));
    const node = await stage.awaitClosing<NodeReport>(stage.childOf(script, 'node-1'));
    expect(node).toMatchObject({
      closedAs: 'COMPLETED',
      report: { outcome: 'Decommissioned', pods: [{ name: 'web-1' }] },
    });
  });

  it.concurrent.each([
    ['RolledBack', []],
    ['RollbackIncomplete', ['uncordonNode']],
  ] as const)('failed as %s, with its report, which the task takes over without pods', async (outcome, failing) => {
    const script = stage.createScript({ 'node-1': [target('web-1')] });
    script.fail('awaitVolumesDetached', failure('DetachTimeout', 'a volume is attached.'));
    for (const name of failing) script.fail(name, failure('Forbidden', 'forbidden.'));
    const { failureType, report } = await stage.awaitEnding(await stage.startTask(script, ['node-1']));
    const node = await stage.awaitClosing<NodeReport>(stage.childOf(script, 'node-1'));
    expect(node).toMatchObject({
      closedAs: 'FAILED',
      failureType: outcome,
      report: { outcome, failedStep: 'detach', pods: [{ name: 'web-1' }] },
    });
    expect([failureType, report.failure?.message]).toEqual([outcome, 'node node-1: a volume is attached.']);
    expect(report.nodes).toMatchObject([{ outcome, failedStep: 'detach', pods: [], undo: node.report.undo }]);
    expect(script.callsOf('uncordonNode')).toHaveLength(1);
  });

  it.concurrent('canceled, when its task is cancelled; the task has its report, and the memo its pods', async () => {
    const script = stage.createScript({ 'node-1': [target('web-1'), target('web-2')] });
    const eviction = script.holdUntilCancelled('evictPod', 'web-2');
    const handle = await stage.startTask(script, ['node-1']);
    await eviction.reached;
    await handle.cancel();
    const { closedAs, report } = await stage.awaitEnding(handle);
    expect([closedAs, report.nodes[0]?.failedStep]).toEqual(['CANCELLED', 'evict']);
    expect(report.nodes[0]?.undo).toHaveLength(1);
    const node = await stage.awaitClosing<NodeReport>(stage.childOf(script, 'node-1'));
    expect(node).toMatchObject({ closedAs: 'CANCELLED', report: { outcome: 'Cancelled', failedStep: 'evict' } });
    expect(node.report.pods.map(({ name }) => name).sort()).toEqual(['web-1', 'web-2']);
    expect(script.callsOf('uncordonNode')).toEqual(['uncordonNode node-1']);
  });

  it.concurrent('canceled, when it is cancelled without its task, which then fails as Cancelled', async () => {
    const script = stage.createScript({ 'node-1': [target('web-1')] });
    const eviction = script.holdUntilCancelled('evictPod', 'web-1');
    const handle = await stage.startTask(script, ['node-1', 'node-2']);
    await eviction.reached;
    await stage.childOf(script, 'node-1').cancel();
    const { closedAs, failureType, report } = await stage.awaitEnding(handle);
    expect([closedAs, failureType]).toEqual(['FAILED', 'Cancelled']);
    expect(report.nodes.map(({ outcome, undo }) => [outcome, undo.length])).toEqual([
      ['Cancelled', 1],
      ['Cancelled', 0],
    ]);
    expect((await stage.childOf(script, 'node-1').describe()).status.name).toBe('CANCELLED');
  });

  it.concurrent('canceled with a note in place of its pods, when the memo has no room for them', async () => {
    const pods = Array.from({ length: 450 }, (_, index) => target(`web-${index}`));
    const script = stage.createScript({ 'node-1': pods });
    const detach = script.holdUntilCancelled('awaitVolumesDetached');
    const handle = await stage.startTask(script, ['node-1']);
    await detach.reached;
    await handle.cancel();
    await stage.awaitEnding(handle);
    const { report } = await stage.awaitClosing<NodeReport>(stage.childOf(script, 'node-1'));
    expect([report.pods, report.notes.at(-1)]).toEqual([[], 'its 450 pods are listed only in its history']);
  });
});
