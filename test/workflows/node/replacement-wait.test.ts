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

const MISSING = { ...READY, isReplaced: false, message: 'Deployment default/web: 1 of 2 Ready' };

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
    const skipped = (input.skipped ?? []).map(() => MISSING);
    return Promise.resolve([...input.workloads.map(() => READY), ...skipped]);
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

  it.concurrent('is ended by skipReplacements to its task, which is recorded; a repetition has no effect', async () => {
    const { script, inputs } = arrange();
    const held = script.holdUntilCancelled('awaitReplacements');
    const task = await start(script);
    await held.reached;
    await task.executeUpdate('skipReplacements', { args: [ANN] });
    const { report } = await stage.awaitEnding(task);
    expect(report.outcome).toBe('Decommissioned');
    // The node is read again first: twice if the history has become long.
    expect(callsOf(script).filter((call) => call !== 'readDrainState')).toEqual([
      ...['evictPod', 'awaitReplacements', 'awaitReplacements', 'confirmDrained'],
    ]);
    expect(inputs).toMatchObject([{ workloads: [], skipped: [WEB], since: expect.any(Number) }]);
    const own = (await readJoinedReport(stage.client, report)).nodes[0] as NodeReport;
    expect(own.steering).toMatchObject([{ action: 'skipReplacements', workloads: ['Deployment default/web'], ...ANN }]);
    expect(own.notes).toContain(
      'replacements were not Ready when an operator ended the wait: Deployment default/web: 1 of 2 Ready (by ann: the shop is open)',
    );
  });

  it.concurrent('ends during a pause only for the workload that skipReplacements names', async () => {
    const { script, inputs } = arrange();
    const api = { ...WEB, owner: owner('apps/v1', 'Deployment', 'api') };
    script.wrap('readDrainState', (standard) => async (...args) => {
      const drainState = await standard(...args);
      return { ...drainState, replaced: drainState.targets.length === 0 ? [] : [WEB, api] };
    });
    const held = script.holdUntilCancelled('awaitReplacements');
    const task = await start(script);
    await held.reached;
    const node = stage.childOf(script, 'node-1');
    await node.executeUpdate('pause', { args: [ANN] });
    const skip = { ...ANN, namespace: 'default', name: 'api' };
    await node.executeUpdate('skipReplacements', { args: [skip] });
    await node.executeUpdate('skipReplacements', { args: [{ ...skip, by: 'bob' }] });
    await node.executeUpdate('resume', { args: [ANN] });
    const { report } = await stage.awaitEnding(task);
    expect(inputs).toMatchObject([{ workloads: [WEB], skipped: [api] }]);
    const own = (await readJoinedReport(stage.client, report)).nodes[0] as NodeReport;
    expect(own.steering?.map(({ workloads, by }) => [workloads, by])).toEqual([[['Deployment default/api'], 'ann']]);
  });

  it.concurrent('is not ended by an update that is refused, which leaves nothing in the history', async () => {
    const { script, inputs } = arrange();
    const eviction = script.hold('evictPod');
    const held = script.hold('awaitReplacements');
    const task = await start(script);
    const node = stage.childOf(script, 'node-1');
    const refuse = async (argument: object): Promise<string> => {
      const sent = node.executeUpdate('skipReplacements', { args: [argument] });
      const error: unknown = await sent.catch((reason: unknown) => reason);
      return (error as { readonly cause?: Error }).cause?.message ?? 'accepted';
    };
    await eviction.reached;
    expect(await refuse(ANN)).toContain('does not wait for replacements now');
    eviction.release();
    await held.reached;
    expect(await refuse({ ...ANN, reason: '' })).toContain('specify who requests this and why');
    expect(await refuse({ ...ANN, namespace: 'default', name: 'api' })).toContain('but for Deployment default/web.');
    expect(await stage.countEvents(node, 'EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED')).toBe(0);
    held.release();
    expect((await stage.awaitEnding(task)).report.outcome).toBe('Decommissioned');
    expect(inputs).toHaveLength(1);
  });

  it.concurrent('is passed on when the history becomes long, with what the first read has found', async () => {
    const { script, inputs } = arrange();
    const held = script.holdUntilCancelled('awaitReplacements');
    // The next run does not end before it is seen.
    const check = script.hold('confirmDrained');
    const task = await start(script);
    await held.reached;
    const node = stage.childOf(script, 'node-1');
    const { runId } = await node.describe();
    for (let isContinued = false; !isContinued;) {
      await node.signal('drainPicture', ['nothing']);
      isContinued = (await node.describe()).runId !== runId;
    }
    check.release();
    const { report } = await stage.awaitEnding(task);
    expect(report.outcome).toBe('Decommissioned');
    expect(inputs.map(({ workloads }) => workloads)).toEqual([[WEB]]);
    const own = (await readJoinedReport(stage.client, report)).nodes[0] as NodeReport;
    expect(own.pods.map(({ name, outcome }) => [name, outcome])).toEqual([['web-1', 'Evicted']]);
  });
});
