import { afterAll, describe, expect, it, jest } from '@jest/globals';
import type { NodeReport } from '../../../src/domain/run/report.ts';
import { hostReport } from '../../builders/decommission-report.ts';
import { hostLayout } from '../../builders/host-facts.ts';
import { MEMO_POINT_OF_NO_RETURN } from '../../../src/workflows/messages.ts';
import { failure, target, type ActivityName, type TaskScript } from '../task-script.ts';
import { TEST_TIMEOUT_MILLISECONDS, WorkflowHarness } from '../workflow-harness.ts';

const ANN = { by: 'ann', reason: 'the host is fixed' };
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

/** In the memo of the node's workflow. */
const readPoint = async (script: TaskScript): Promise<unknown> =>
  (await stage.childOf(script, 'node-1').describe()).memo?.[MEMO_POINT_OF_NO_RETURN];

const toSteps = ({ steps }: NodeReport): readonly string[] =>
  steps.slice(5).map(({ name, status }) => `${name} ${status}`);

/** The first call succeeds. */
const failLater = (script: TaskScript, name: 'awaitVolumesDetached'): TaskScript => {
  let calls = 0;
  return script.wrap(name, (standard) => async (...args) => {
    calls += 1;
    if (calls > 1) throw failure('DetachTimeout', 'attached.');
    return await standard(...args);
  });
};

const DONE = [
  ...['stopKubelet', 'deleteNode', 'cleanHost', 'verifyHost'].map((name) => `${name} Succeeded`),
  'endMachine Skipped',
  'finish Succeeded',
];
const CALLS = ['proveHost', 'stopKubelet', 'deleteNode', 'cleanHost', 'verifyHost'];

/** Calls for the host and the Node; stages by their name. */
const callsOf = (script: TaskScript): readonly string[] =>
  script.callsOf(...HOST_CALLS).map((call) => call.replace(/^runHostStage /, '').replace(/ node-1$/, ''));

describe('a node whose host is cleaned', () => {
  it.concurrent('is proven, its kubelet stopped, its Node deleted, its host cleaned and verified', async () => {
    const script = createScript();
    const { closedAs, report } = await stage.awaitEnding(await start(script));
    expect([closedAs, report.outcome]).toEqual(['COMPLETED', 'Decommissioned']);
    expect(report.message).toBe(
      'node node-1: drained and deleted. All checks of the host passed, and nothing of the cluster was found there.',
    );
    expect(toSteps(report.nodes[0]!)).toEqual(DONE);
    expect(callsOf(script)).toEqual(CALLS);
    expect(script.callsOf('awaitVolumesUnmounted')).toHaveLength(1);
  });

  it.concurrent(
    'is reported with what stays on its host: by number in the task, by name in its own report',
    async () => {
      const script = createScript();
      const host = hostReport({ kept: [{ kind: 'firewall', name: 'KUBE chains', detail: '' }] });
      script.wrap('verifyHost', () => () => Promise.resolve(host));
      const { report } = await stage.awaitEnding(await start(script));
      expect(report.message).toMatch(
        / All checks of the host passed\. Still there, and listed in the report: firewall rules \(1\)\.$/,
      );
      const [node] = report.nodes;
      expect(node?.host).toEqual({ touched: [], cleaned: [], kept: [], keptCounts: { firewall: 1 } });
      expect(node?.steps.find(({ name }) => name === 'verifyHost')?.message).toBe(
        '1 check passed; still there: firewall rules (1)',
      );
      const { touched } = hostLayout().preview;
      expect((await stage.readChildReport(script, 'node-1')).host).toEqual({ ...host, touched });
    },
  );

  it.concurrent('is checked for mounts before its kubelet is stopped, when it was unreachable before', async () => {
    const script = createScript();
    script.fail('awaitVolumesUnmounted', failure('HostUnreachable', 'no response.'), 1);
    const { report } = await stage.awaitEnding(await start(script));
    expect(report.outcome).toBe('Decommissioned');
    expect(report.nodes[0]?.notes).toContain('the mounts on the host could not be checked: no response.');
    expect(callsOf(script)).toEqual(CALLS);
  });

  it.concurrent('is checked for mounts although this run evicted no pod', async () => {
    const script = stage.createScript();
    const { report } = await stage.awaitEnding(await start(script));
    expect(report.outcome).toBe('Decommissioned');
    expect(script.callsOf('evictPod', 'awaitVolumesUnmounted')).toEqual(['awaitVolumesUnmounted node-1']);
  });

  it.concurrent('is checked for mounts, attachments and pods directly before its kubelet is stopped', async () => {
    const script = createScript();
    await stage.awaitEnding(await start(script));
    const stop = script.calls.indexOf('runHostStage stopKubelet');
    expect(script.calls.slice(stop - 4, stop)).toEqual([
      'proveHost node-1',
      'awaitVolumesDetached node-1',
      'confirmDrained node-1',
      'markPointOfNoReturn node-1',
    ]);
  });

  it.concurrent('is left alone when preflight could not check its host and the cleanup may fail', async () => {
    const script = createScript();
    script.hostless.add('node-1');
    const { report } = await stage.awaitEnding(await start(script, 'bestEffort'));
    expect(report.outcome).toBe('Decommissioned');
    expect(toSteps(report.nodes[0]!).slice(0, 4)).toEqual([
      'stopKubelet Skipped',
      'deleteNode Succeeded',
      'cleanHost Skipped',
      'verifyHost Skipped',
    ]);
    expect(report.nodes[0]?.notes.join(' ')).toContain('preflight could not check it');
    expect(script.callsOf('runHostStage')).toEqual([]);
  });

  const untouched: [name: string, arrange: (script: TaskScript) => void][] = [
    ['the host is another', (script) => script.fail('proveHost', failure('HostNotProven', 'another machine.'))],
    ['it cannot be reached', (script) => script.fail('proveHost', failure('HostUnreachable', 'no response.'))],
    [
      'it refuses before the stage starts',
      (script) => script.fail('runHostStage', failure('HostStageNotBegun', 'no.'), 1),
    ],
    [
      'volumes stay mounted that could not be checked at first',
      (script) => {
        script.fail('awaitVolumesUnmounted', failure('HostUnreachable', 'no response.'));
        script.fail('proveHost', failure('DetachTimeout', 'mounted.'));
      },
    ],
    ['a volume is mounted after the step detach', (script) => script.fail('proveHost', failure('DetachTimeout'))],
    ['a volume is attached after the step detach', (script) => failLater(script, 'awaitVolumesDetached')],
    ['volumes stay mounted', (script) => script.fail('awaitVolumesUnmounted', failure('DetachTimeout', 'mounted.'))],
  ];
  it.concurrent.each(untouched)('is undone when %s', async (_name, arrange) => {
    const script = createScript();
    arrange(script);
    const { report } = await stage.awaitEnding(await start(script));
    expect(report.outcome).toBe('RolledBack');
    expect(callsOf(script)).toContain('uncordonNode');
    expect(callsOf(script)).not.toContain('deleteNode');
  });

  it.concurrent('lists in the step what all rounds of its cleanup did', async () => {
    const script = createScript();
    script.fail('verifyHost', failure('HostNotClean', 'a mount is left.'), 1);
    script.wrap('runHostStage', (standard) => async (context, name, input) => {
      const done = await standard(context, name, input);
      return name === 'cleanHost' && input.round === 1 ? `${done}, mounts` : done;
    });
    const task = await start(script);
    await stage.awaitStatus(task, ({ phase }) => phase === 'NeedsOperator');
    await task.executeUpdate('resume', { args: [ANN] });
    const { report } = await stage.awaitEnding(task);
    expect(report.nodes[0]?.steps.find(({ name }) => name === 'cleanHost')).toMatchObject({
      status: 'Succeeded',
      message: 'cleanHost done, mounts',
    });
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
  it.concurrent.each(parking)(
    'parks after %s failed with %s, and continues from there',
    async (subject, type, calls) => {
      const script = createScript();
      const name = subject === 'verifyHost' ? 'verifyHost' : 'runHostStage';
      script.fail(name, failure(type, 'outcome unknown.'), 1, subject === 'verifyHost' ? undefined : subject);
      const task = await start(script);
      await stage.awaitStatus(
        task,
        ({ phase, message }) => phase === 'NeedsOperator' && message.includes('outcome unknown.'),
      );
      await task.executeUpdate('resume', { args: [ANN] });
      const { report } = await stage.awaitEnding(task);
      expect(report.outcome).toBe('Decommissioned');
      expect(toSteps(report.nodes[0]!)).toEqual(DONE);
      expect(report.nodes[0]?.notes).toContain('was parked: outcome unknown.');
      expect(callsOf(script)).toEqual(calls);
    },
  );

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
      script.fail('runHostStage', failure('HostUnreachable', 'no response.', false), attempts, 'cleanHost');
      let tries = 0;
      script.wrap('runHostStage', (standard) => (context, stageName, input) => {
        if (stageName === 'cleanHost') tries += 1;
        return standard(context, stageName, input);
      });
      const task = await start(script);
      await stage.awaitStatus(
        task,
        ({ phase, message }) => phase === 'NeedsOperator' && message.includes('no response.'),
      );
      expect(tries).toBe(attempts);
      await task.executeUpdate('resume', { args: [ANN] });
      expect((await stage.awaitEnding(task)).report.outcome).toBe('Decommissioned');
    },
  );

  it.concurrent('parks when the deletion of the Node is refused: its kubelet is already stopped', async () => {
    const script = createScript();
    script.fail('deleteNode', failure('NodeDeletionRefused', 'a webhook denied it.'), 1);
    const task = await start(script);
    await stage.awaitStatus(task, ({ phase, message }) => phase === 'NeedsOperator' && message.includes('webhook'));
    await task.executeUpdate('resume', { args: [ANN] });
    expect((await stage.awaitEnding(task)).report.outcome).toBe('Decommissioned');
    expect(callsOf(script)).not.toContain('uncordonNode');
  });

  it.concurrent('continues when it is cancelled while its kubelet is stopped, and notes it', async () => {
    const script = createScript();
    const stopping = script.hold('runHostStage', 'stopKubelet');
    const task = await start(script);
    await stopping.reached;
    await task.cancel();
    const child = stage.childOf(script, 'node-1');
    await stage.awaitStatus(child, ({ message }) =>
      /Cancellation was requested at .*, but stopping the kubelet of node node-1 began at /.test(message),
    );
    expect(await readPoint(script)).toMatchObject({ nodeName: 'node-1' });
    stopping.release();
    const { report } = await stage.awaitEnding(task);
    expect(report.outcome).toBe('Decommissioned');
    expect(report.nodes[0]?.notes.join(' ')).toContain('Cancellation was requested at ');
    expect(callsOf(script)).toEqual(CALLS);
  });

  it.concurrent('is undone when it is cancelled during the final check of its host', async () => {
    const script = createScript();
    const look = script.holdUntilCancelled('proveHost');
    const task = await start(script);
    await look.reached;
    await task.cancel();
    expect((await stage.awaitEnding(task)).closedAs).toBe('CANCELLED');
    expect(callsOf(script)).toEqual(['proveHost', 'uncordonNode']);
  });

  it.concurrent('is not undone when its workflow is terminated past the point of no return', async () => {
    const script = createScript();
    const stopping = script.holdUntilCancelled('runHostStage', 'stopKubelet');
    script.wrap('readNodePresence', () => () => Promise.resolve('pastPointOfNoReturn'));
    const task = await start(script);
    await stopping.reached;
    await stage.childOf(script, 'node-1').terminate('by mistake');
    const { report } = await stage.awaitEnding(task);
    expect(report.outcome).toBe('RollbackIncomplete');
    expect(report.message).toContain('after its point of no return, so it stays cordoned and locked');
    expect(report.message).toContain('Start the same request again');
    expect(report.nodes[0]?.undo).toMatchObject([
      { action: 'undo the changes to node node-1', commands: ['kubectl get node node-1'] },
    ]);
    expect(callsOf(script)).not.toContain('uncordonNode');
  });

  it.concurrent('is undone when its workflow is terminated before that: nothing was done on its host', async () => {
    const script = createScript();
    const proving = script.holdUntilCancelled('proveHost');
    const task = await start(script);
    await proving.reached;
    await stage.childOf(script, 'node-1').terminate('by mistake');
    const { report } = await stage.awaitEnding(task);
    expect(report.outcome).toBe('RolledBack');
    expect(callsOf(script)).toEqual(['proveHost', 'uncordonNode']);
  });
});

describe('a host whose cleanup may fail', () => {
  it.concurrent('is left alone when it cannot be reached', async () => {
    const script = createScript();
    script.fail('proveHost', failure('HostUnreachable', 'no response.'));
    const { report } = await stage.awaitEnding(await start(script, 'bestEffort'));
    expect(report.outcome).toBe('Decommissioned');
    expect(report.failure).toBeUndefined();
    expect(report.nodes[0]).not.toHaveProperty('failure');
    expect(toSteps(report.nodes[0]!)).toEqual([
      'stopKubelet Skipped',
      'deleteNode Succeeded',
      'cleanHost Skipped',
      'verifyHost Skipped',
      'endMachine Skipped',
      'finish Succeeded',
    ]);
    expect(report.nodes[0]?.notes).toContain('the host is left unchanged: no response.');
    expect(report.message).toContain('1 of 1 host could not be cleaned');
  });

  it.concurrent('is undone when a volume is mounted: only its kubelet can unmount it', async () => {
    const script = createScript();
    script.fail('proveHost', failure('DetachTimeout', 'mounted.'));
    const { report } = await stage.awaitEnding(await start(script, 'bestEffort'));
    expect([report.outcome, report.nodes[0]?.failedStep]).toEqual(['RolledBack', 'stopKubelet']);
    expect(callsOf(script)).toEqual(['proveHost', 'uncordonNode']);
  });

  it.concurrent('is reported when its cleanup fails', async () => {
    const script = createScript();
    script.fail('runHostStage', failure('HostStageFailed', 'a mount hangs.'), 1, 'cleanHost');
    const { report } = await stage.awaitEnding(await start(script, 'bestEffort'));
    expect(report.outcome).toBe('Decommissioned');
    expect(toSteps(report.nodes[0]!)).toContain('cleanHost Failed');
    expect(report.nodes[0]?.notes).toContain('cleanHost failed: a mount hangs.');
  });
});
