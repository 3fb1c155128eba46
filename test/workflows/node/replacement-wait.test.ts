import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { readJoinedReport } from '../../../src/client/closed-report.ts';
import type { AwaitReplacementsInput } from '../../../src/activities/readiness/await-replacements.ts';
import type { NodeReport } from '../../../src/domain/run/report.ts';
import { owner } from '../../builders/pod.ts';
import { failure, target, type TaskScript } from '../task-script.ts';
import { TEST_TIMEOUT_MILLISECONDS, WorkflowHarness } from '../workflow-harness.ts';

const ANN = { by: 'ann', reason: 'the shop is open' };
const WEB = { namespace: 'default', owner: owner('apps/v1', 'Deployment', 'web'), readyBefore: 2 };
const READY = {
  workload: 'Deployment default/web',
  isReplaced: true,
  seconds: 12,
  message: 'Deployment default/web: 2 of 2 Ready',
};

jest.setTimeout(TEST_TIMEOUT_MILLISECONDS);
const stage = await WorkflowHarness.open({
  // A node's history is as long as this when its replacements are waited for. The task continues as new, too.
  serverArguments: ['--dynamic-config-value', 'limit.historyCount.suggestContinueAsNew=20'],
});
afterAll(() => stage.close());

/** `node-1` has pod web-1; its workload has fewer Ready pods with each read. */
const arrange = () => {
  const script = stage.createScript({ 'node-1': [target('web-1')] });
  const inputs: AwaitReplacementsInput[] = [];
  let readyBefore = 3;
  script.wrap('readDrainState', (standard) => async (...args) => {
    const drainState = await standard(...args);
    if (drainState.targets.length === 0) return drainState;
    readyBefore -= 1;
    return { ...drainState, replaced: [{ ...WEB, readyBefore }] };
  });
  script.wrap('awaitReplacements', () => (_context, input) => {
    inputs.push(input);
    return Promise.resolve([READY]);
  });
  return { script, inputs };
};

const start = async (script: TaskScript, request: Readonly<Record<string, unknown>> = {}) => {
  const { workflowId } = await stage.startTask(script, ['node-1'], request);
  return stage.client.workflow.getHandle(workflowId);
};

const STEPS = ['readDrainState', 'evictPod', 'awaitReplacements', 'confirmDrained', 'uncordonNode'] as const;

const callsOf = (script: TaskScript): readonly string[] =>
  script.callsOf(...STEPS).map((call) => call.split(' ')[0] ?? '');

describe('the wait for replacements', () => {
  it.concurrent('begins when the node is empty, is part of the drain, and is in the report', async () => {
    const { script, inputs } = arrange();
    const { report } = await stage.awaitEnding(await start(script));
    expect(report.outcome).toBe('Decommissioned');
    expect(callsOf(script)).toEqual([
      ...['readDrainState', 'evictPod', 'readDrainState', 'readDrainState'],
      ...['awaitReplacements', 'confirmDrained'],
    ]);
    expect(inputs).toEqual([
      { nodeName: 'node-1', workloads: [WEB], deadlineAt: expect.any(Number), endsAtDeadline: false },
    ]);
    expect(report.nodes[0]?.notes).toContain(
      'replacements became Ready after the node was empty: Deployment default/web: 2 of 2 Ready, after 12 s',
    );
  });

  it.concurrent('reads the node once more after a long wait, and waits no more', async () => {
    const { script } = arrange();
    const held = script.hold('awaitReplacements');
    const task = await start(script);
    await held.reached;
    await new Promise((resolve) => setTimeout(resolve, 1100));
    held.release();
    expect((await stage.awaitEnding(task)).report.outcome).toBe('Decommissioned');
    expect(callsOf(script).slice(-3)).toEqual(['awaitReplacements', 'readDrainState', 'confirmDrained']);
  });

  it.concurrent('is undone like a drain when they are not Ready at the deadline', async () => {
    const { script } = arrange();
    script.fail('awaitReplacements', failure('DrainTimeout', 'replacements were not Ready.'));
    const { report } = await stage.awaitEnding(await start(script));
    expect([report.outcome, report.nodes[0]?.failedStep]).toEqual(['RolledBack', 'evict']);
    expect(callsOf(script).slice(-2)).toEqual(['awaitReplacements', 'uncordonNode']);
  });

  it.concurrent('ends at the deadline where pods are deleted at it', async () => {
    const { script, inputs } = arrange();
    await stage.awaitEnding(await start(script, { onTimeout: 'delete' }));
    expect(inputs.map(({ endsAtDeadline }) => endsAtDeadline)).toEqual([true]);
  });

  it.concurrent('is left out for workloads whose replicas are unknown, which are noted', async () => {
    const { script } = arrange();
    const { readyBefore: _unknown, ...unknown } = WEB;
    script.wrap('readDrainState', (standard) => async (...args) => ({
      ...(await standard(...args)),
      replaced: [unknown],
    }));
    const { report } = await stage.awaitEnding(await start(script));
    expect(script.callsOf('awaitReplacements')).toEqual([]);
    expect(report.nodes[0]?.notes).toContain(
      'replacements not waited for, because the number of wanted replicas is unknown: Deployment default/web',
    );
  });

  it.concurrent('is interrupted by a pause, which moves the deadline, and begins again on resume', async () => {
    const { script, inputs } = arrange();
    const held = script.holdUntilCancelled('awaitReplacements');
    const task = await start(script);
    await held.reached;
    await task.executeUpdate('pause', { args: [ANN] });
    await stage.awaitStatus(stage.childOf(script, 'node-1'), ({ phase }) => phase === 'Paused');
    expect(inputs).toEqual([]);
    await task.executeUpdate('resume', { args: [ANN] });
    expect((await stage.awaitEnding(task)).report.outcome).toBe('Decommissioned');
    expect(inputs).toHaveLength(1);
  });

  it.concurrent('is ended by a cancellation, which undoes the node', async () => {
    const { script } = arrange();
    const held = script.holdUntilCancelled('awaitReplacements');
    const task = await start(script);
    await held.reached;
    await task.cancel();
    const { closedAs, report } = await stage.awaitEnding(task);
    expect([closedAs, report.nodes[0]?.outcome]).toEqual(['CANCELLED', 'Cancelled']);
    expect(callsOf(script).slice(-2)).toEqual(['awaitReplacements', 'uncordonNode']);
  });

  it.concurrent('is passed on when the history becomes long, with what the first read has found', async () => {
    const { script, inputs } = arrange();
    const held = script.holdUntilCancelled('awaitReplacements');
    const task = await start(script);
    await held.reached;
    const node = stage.childOf(script, 'node-1');
    const { runId } = await node.describe();
    for (let isContinued = false; !isContinued;) {
      await node.signal('drainPicture', ['nothing']);
      isContinued = (await node.describe()).runId !== runId;
    }
    const { report } = await stage.awaitEnding(task);
    expect(report.outcome).toBe('Decommissioned');
    expect(inputs.map(({ workloads }) => workloads)).toEqual([[WEB]]);
    const own = (await readJoinedReport(stage.client, report)).nodes[0] as NodeReport;
    expect(own.pods.map(({ name, outcome }) => [name, outcome])).toEqual([['web-1', 'Evicted']]);
  });
});
