import { afterAll, describe, expect, it, jest } from '@jest/globals';
import type { NodeReport } from '../../../src/domain/run/report.ts';
import { failure, target, type ActivityName, type TaskScript } from '../task-script.ts';
import { TEST_TIMEOUT_MILLISECONDS, WorkflowHarness } from '../workflow-harness.ts';

const ANN = { by: 'ann', reason: 'the host is well again' };
const HOST_CALLS: readonly ActivityName[] = ['proveHost', 'runHostStage', 'verifyHost', 'deleteNode', 'uncordonNode'];

jest.setTimeout(TEST_TIMEOUT_MILLISECONDS);
const stage = await WorkflowHarness.open();
afterAll(() => stage.close());

const createScript = (): TaskScript => {
  const script = stage.createScript();
  script.pods.set('node-1', [target('web-1')]);
  return script;
};

const start = (script: TaskScript, hostCleanup = 'required'): ReturnType<WorkflowHarness['startTask']> =>
  stage.startTask(script, ['node-1'], { hostCleanup });

const toSteps = ({ steps }: NodeReport): readonly string[] =>
  steps.slice(5).map(({ name, status }) => `${name} ${status}`);

const DONE = ['stopKubelet', 'deleteNode', 'cleanHost', 'verifyHost', 'finish'].map((name) => `${name} Succeeded`);
const CALLS = ['proveHost', 'stopKubelet', 'deleteNode', 'cleanHost', 'verifyHost'];

/** Calls about the host and the Node, stages by their name. */
const callsOf = (script: TaskScript): readonly string[] =>
  script.callsOf(...HOST_CALLS).map((call) => call.replace(/^runHostStage /, '').replace(/ node-1$/, ''));

describe('a node whose host is cleaned', () => {
  it.concurrent('is proven, its kubelet stopped, its Node deleted, its host cleaned and verified', async () => {
    const script = createScript();
    const { closedAs, report } = await stage.awaitEnding(await start(script));
    expect([closedAs, report.outcome]).toEqual(['COMPLETED', 'Decommissioned']);
    expect(report.message).toBe('node node-1: drained and deleted. Nothing of the cluster is left on the hosts.');
    expect(toSteps(report.nodes[0]!)).toEqual(DONE);
    expect(callsOf(script)).toEqual(CALLS);
    expect(script.callsOf('awaitVolumesUnmounted')).toHaveLength(1);
  });

  it.concurrent('is looked at again for mounts before its kubelet is stopped, when it was away', async () => {
    const script = createScript();
    script.fail('awaitVolumesUnmounted', failure('HostUnreachable', 'no answer.'), 1);
    const { report } = await stage.awaitEnding(await start(script));
    expect(report.outcome).toBe('Decommissioned');
    expect(script.callsOf('awaitVolumesUnmounted', 'runHostStage').map((call) => call.split(' ', 2).join(' '))).toEqual(
      [...Array<string>(2).fill('awaitVolumesUnmounted node-1'), 'runHostStage stopKubelet', 'runHostStage cleanHost'],
    );
  });

  const untouched: [name: string, arrange: (script: TaskScript) => void][] = [
    ['the host is another', (script) => script.fail('proveHost', failure('HostNotProven', 'another machine.'))],
    ['it cannot be reached', (script) => script.fail('proveHost', failure('HostUnreachable', 'no answer.'))],
    ['it refuses before it began', (script) => script.fail('runHostStage', failure('HostStageNotBegun', 'no.'), 1)],
    [
      'volumes stay mounted that could not be seen at first',
      (script) => {
        const ends = [failure('HostUnreachable', 'no answer.'), failure('DetachTimeout', 'mounted.')];
        script.wrap(
          'awaitVolumesUnmounted',
          () => () => Promise.reject(ends.shift() ?? failure('Unforeseen', 'a third look.')),
        );
      },
    ],
    ['volumes stay mounted', (script) => script.fail('awaitVolumesUnmounted', failure('DetachTimeout', 'mounted.'))],
  ];
  it.concurrent.each(untouched)('is put back when %s', async (_name, arrange) => {
    const script = createScript();
    arrange(script);
    const { report } = await stage.awaitEnding(await start(script));
    expect(report.outcome).toBe('RolledBack');
    expect(callsOf(script)).toContain('uncordonNode');
    expect(callsOf(script)).not.toContain('deleteNode');
  });

  const parking: [stage: string, type: string, after: readonly string[]][] = [
    [
      'stopKubelet',
      'HostUnreachable',
      ['proveHost', 'stopKubelet', 'stopKubelet', 'deleteNode', 'cleanHost', 'verifyHost'],
    ],
    [
      'stopKubelet',
      'HostStageFailed',
      ['proveHost', 'stopKubelet', 'stopKubelet', 'deleteNode', 'cleanHost', 'verifyHost'],
    ],
    [
      'cleanHost',
      'HostUnreachable',
      ['proveHost', 'stopKubelet', 'deleteNode', 'cleanHost', 'cleanHost', 'verifyHost'],
    ],
    [
      'verifyHost',
      'HostNotClean',
      ['proveHost', 'stopKubelet', 'deleteNode', 'cleanHost', 'verifyHost', 'cleanHost, round 1', 'verifyHost'],
    ],
  ];
  it.concurrent.each(parking)('parks after %s failed with %s, and goes on from there', async (subject, type, calls) => {
    const script = createScript();
    const name = subject === 'verifyHost' ? 'verifyHost' : 'runHostStage';
    script.fail(name, failure(type, 'nobody knows.'), 1, subject === 'verifyHost' ? undefined : subject);
    const task = await start(script);
    await stage.awaitStatus(
      task,
      ({ phase, message }) => phase === 'NeedsOperator' && message.includes('nobody knows.'),
    );
    await task.executeUpdate('resume', { args: [ANN] });
    const { report } = await stage.awaitEnding(task);
    expect(report.outcome).toBe('Decommissioned');
    expect(toSteps(report.nodes[0]!)).toEqual(DONE);
    expect(report.nodes[0]?.notes).toContain('was parked: nobody knows.');
    expect(callsOf(script)).toEqual(calls);
  });

  const patience: [seconds: number, attempts: number][] = [
    [0, 1],
    [0.5, 2],
    [0.6, 3],
  ];
  it.concurrent.each(patience)(
    'that cannot be reached for %s s is tried %i times, then parks',
    async (seconds, attempts) => {
      const script = createScript();
      script.waits.hostPatienceSeconds = seconds;
      script.fail('runHostStage', failure('HostUnreachable', 'no answer.', false), attempts, 'cleanHost');
      let tries = 0;
      script.wrap('runHostStage', (standard) => (context, stageName, order) => {
        if (stageName === 'cleanHost') tries += 1;
        return standard(context, stageName, order);
      });
      const task = await start(script);
      await stage.awaitStatus(
        task,
        ({ phase, message }) => phase === 'NeedsOperator' && message.includes('no answer.'),
      );
      expect(tries).toBe(attempts);
      await task.executeUpdate('resume', { args: [ANN] });
      expect((await stage.awaitEnding(task)).report.outcome).toBe('Decommissioned');
    },
  );

  it.concurrent('parks when the Node may not be deleted: its kubelet is stopped already', async () => {
    const script = createScript();
    script.fail('deleteNode', failure('NodeDeletionRefused', 'a webhook says no.'), 1);
    const task = await start(script);
    await stage.awaitStatus(task, ({ phase, message }) => phase === 'NeedsOperator' && message.includes('webhook'));
    await task.executeUpdate('resume', { args: [ANN] });
    expect((await stage.awaitEnding(task)).report.outcome).toBe('Decommissioned');
    expect(callsOf(script)).not.toContain('uncordonNode');
  });

  it.concurrent('goes on when it is cancelled while its kubelet is stopped', async () => {
    const script = createScript();
    const stopping = script.hold('runHostStage', 'stopKubelet');
    const task = await start(script);
    await stopping.reached;
    await task.cancel();
    stopping.release();
    expect((await stage.awaitEnding(task)).report.outcome).toBe('Decommissioned');
    expect(callsOf(script)).toEqual(CALLS);
  });

  it.concurrent('is put back when it is cancelled during the last look at its host', async () => {
    const script = createScript();
    const look = script.holdHeedingCancel('proveHost');
    const task = await start(script);
    await look.reached;
    await task.cancel();
    expect((await stage.awaitEnding(task)).closedAs).toBe('CANCELLED');
    expect(callsOf(script)).toEqual(['proveHost', 'uncordonNode']);
  });

  it.concurrent('is not put back when its workflow is terminated: its kubelet may be stopped', async () => {
    const script = createScript();
    const stopping = script.holdHeedingCancel('runHostStage', 'stopKubelet');
    const task = await start(script);
    await stopping.reached;
    await stage.childOf(script, 'node-1').terminate('by mistake');
    const { report } = await stage.awaitEnding(task);
    expect(report.outcome).toBe('RollbackIncomplete');
    expect(report.message).toContain('whether its host was being cleaned by then is not known');
    expect(report.nodes[0]?.undo).toMatchObject([
      { action: 'put node node-1 back', commands: ['kubectl get node node-1', 'kubectl uncordon node-1'] },
    ]);
    expect(callsOf(script)).not.toContain('uncordonNode');
  });
});

describe('a host whose cleanup may fail', () => {
  it.concurrent('is left alone when it cannot be reached', async () => {
    const script = createScript();
    script.fail('proveHost', failure('HostUnreachable', 'no answer.'));
    const { report } = await stage.awaitEnding(await start(script, 'bestEffort'));
    expect(report.outcome).toBe('Decommissioned');
    expect(report.failure).toBeUndefined();
    expect(report.nodes[0]).not.toHaveProperty('failure');
    expect(toSteps(report.nodes[0]!)).toEqual([
      'stopKubelet Skipped',
      'deleteNode Succeeded',
      'cleanHost Skipped',
      'verifyHost Skipped',
      'finish Succeeded',
    ]);
    expect(report.nodes[0]?.notes).toContain('the host is left as it is: no answer.');
    expect(report.message).toContain('1 of 1 host could not be cleaned');
  });

  it.concurrent('is told of when its cleaning fails', async () => {
    const script = createScript();
    script.fail('runHostStage', failure('HostStageFailed', 'a mount hangs.'), 1, 'cleanHost');
    const { report } = await stage.awaitEnding(await start(script, 'bestEffort'));
    expect(report.outcome).toBe('Decommissioned');
    expect(toSteps(report.nodes[0]!)).toContain('cleanHost Failed');
    expect(report.nodes[0]?.notes).toContain('cleanHost did not succeed: a mount hangs.');
  });
});
