import { afterAll, describe, expect, it, jest } from '@jest/globals';
import type { HostWithdrawal } from '../../../src/domain/host/withdrawal.ts';
import { MEMO_POINT_OF_NO_RETURN } from '../../../src/workflows/messages.ts';
import { failure, target, type TaskScript } from '../task-script.ts';
import { TEST_TIMEOUT_MILLISECONDS, WorkflowHarness } from '../workflow-harness.ts';

const ANN = { by: 'ann', reason: 'the host is fixed' };
const UNTOUCHED = { kind: 'Untouched' } as const;
const UNKNOWN = { kind: 'Unknown', why: 'No response.' } as const;

jest.setTimeout(TEST_TIMEOUT_MILLISECONDS);
const stage = await WorkflowHarness.open();
afterAll(() => stage.close());

const createScript = (): TaskScript => stage.createScript({ 'node-1': [target('web-1')] });

const start = (script: TaskScript, hostCleanup = 'required'): ReturnType<WorkflowHarness['startTask']> =>
  stage.startTask(script, ['node-1'], { hostCleanup });

/** In the memo of the node's workflow. */
const readPoint = async (script: TaskScript): Promise<unknown> =>
  (await stage.childOf(script, 'node-1').describe()).memo?.[MEMO_POINT_OF_NO_RETURN];

/** Calls for the host and the Node; stages by their name. */
const callsOf = (script: TaskScript): readonly string[] =>
  script
    .callsOf('proveHost', 'runHostStage', 'deleteNode', 'uncordonNode')
    .map((call) => call.replace(/^runHostStage /, '').replace(/ node-1$/, ''));

describe('a node whose kubelet could not be stopped', () => {
  const lost = (script: TaskScript): TaskScript =>
    script.fail('runHostStage', failure('HostStageFailed', 'the stage was killed by a signal.'), 1, 'stopKubelet');
  const withdrawAs = (script: TaskScript, ...kinds: readonly HostWithdrawal[]): TaskScript => {
    const left = [...kinds];
    return script.wrap('withdrawHostStages', () => () => Promise.resolve(left.shift() ?? { kind: 'Touched' }));
  };

  it.concurrent.each(['HostStageFailed', 'HostUnreachable', 'HostUnusable'])(
    'is undone when stopKubelet failed with %s and nothing was done on its host',
    async (type) => {
      const script = withdrawAs(createScript(), UNTOUCHED);
      script.fail('runHostStage', failure(type, 'no space is left.'), 1, 'stopKubelet');
      const { closedAs, report } = await stage.awaitEnding(await start(script));
      expect([closedAs, report.outcome]).toEqual(['FAILED', 'RolledBack']);
      expect(report.failure).toEqual({
        type: 'HostStageNotBegun',
        message: 'node node-1: no space is left. Nothing was done on the host of node node-1.',
      });
      expect(callsOf(script)).toEqual(['proveHost', 'stopKubelet', 'uncordonNode']);
      expect(await readPoint(script)).toBeUndefined();
    },
  );

  it.concurrent.each<[string, HostWithdrawal, string]>([
    ['was changed', { kind: 'Touched' }, 'the stage was killed by a signal.'],
    [
      'may have been changed',
      UNKNOWN,
      'the stage was killed by a signal. It is unknown whether the host was changed. No response.',
    ],
  ])('is not undone when its host %s', async (_name, withdrawal, message) => {
    const script = withdrawAs(lost(createScript()), withdrawal);
    const task = await start(script);
    await stage.awaitStatus(task, (status) => status.phase === 'NeedsOperator' && status.message.includes(message));
    await task.executeUpdate('resume', { args: [ANN] });
    expect((await stage.awaitEnding(task)).report.outcome).toBe('Decommissioned');
  });

  it.concurrent('is not undone when it cannot be asked whether its host was changed', async () => {
    const script = lost(createScript()).fail('withdrawHostStages', failure('ClusterUnavailable', 'no API server.'));
    const task = await start(script);
    await stage.awaitStatus(task, ({ message }) => message.includes('whether the host was changed. no API server.'));
    await task.executeUpdate('resume', { args: [ANN] });
    expect((await stage.awaitEnding(task)).report.outcome).toBe('Decommissioned');
  });

  it.concurrent.each([
    ['the stage fails again', failure('HostStageFailed', 'no space is left.')],
    ['the host refuses it', failure('HostStageNotBegun', 'no space is left.')],
  ])('is undone also after it was parked, when %s and nothing was done', async (_name, second) => {
    const script = withdrawAs(lost(createScript()), UNKNOWN, UNTOUCHED);
    const task = await start(script);
    await stage.awaitStatus(task, ({ phase }) => phase === 'NeedsOperator');
    script.fail('runHostStage', second, 1, 'stopKubelet');
    await task.executeUpdate('resume', { args: [ANN] });
    const { report } = await stage.awaitEnding(task);
    expect(report.outcome).toBe('RolledBack');
    expect(report.failure?.message).toContain('no space is left.');
    expect(callsOf(script)).toEqual(['proveHost', 'stopKubelet', 'stopKubelet', 'uncordonNode']);
  });

  it.concurrent('is undone as cancelled when it was cancelled meanwhile and nothing was done', async () => {
    const script = withdrawAs(lost(createScript()), UNTOUCHED);
    const asked = script.hold('withdrawHostStages');
    const task = await start(script);
    await asked.reached;
    await task.cancel();
    await stage.awaitHistory(stage.childOf(script, 'node-1'), 'EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED');
    asked.release();
    const { closedAs, report } = await stage.awaitEnding(task);
    expect([closedAs, report.outcome]).toEqual(['CANCELLED', 'Cancelled']);
    expect(report.nodes[0]?.notes.join(' ')).not.toContain('Cancellation');
  });

  it.concurrent('is left alone under bestEffort, when nothing was done on it', async () => {
    const script = createScript();
    script.wrap('withdrawHostStages', () => () => Promise.resolve({ kind: 'Untouched' }));
    script.fail('runHostStage', failure('HostStageFailed', 'no space is left.'), 1, 'stopKubelet');
    const { report } = await stage.awaitEnding(await start(script, 'bestEffort'));
    expect(report.outcome).toBe('Decommissioned');
    expect(report.nodes[0]?.steps.find(({ name }) => name === 'stopKubelet')?.status).toBe('Skipped');
    expect(report.nodes[0]?.notes).toContain(
      'the host is left unchanged: no space is left. Nothing was done on the host of node node-1.',
    );
  });
});
