import { afterAll, describe, expect, it, jest } from '@jest/globals';
import type { MachineCall } from '../../../src/activities/node/end-machine.ts';
import type { NodeReport } from '../../../src/domain/run/report.ts';
import { failure, type TaskScript } from '../task-script.ts';
import { TEST_TIMEOUT_MILLISECONDS, WorkflowHarness } from '../workflow-harness.ts';

const ANN = { by: 'ann', reason: 'the hook is fixed' };
const COMMAND = 'hcloud server delete 42';
const MACHINE = { providerID: 'hcloud://42', provider: 'Hetzner Cloud', instanceId: '42', command: COMMAND };
const MESSAGE =
  'node node-1: drained and deleted. The host was not cleaned: a node may rejoin when its kubelet restarts.';

jest.setTimeout(TEST_TIMEOUT_MILLISECONDS);
const stage = await WorkflowHarness.open();
afterAll(() => stage.close());

/** `node-1` names its machine, and the worker has a hook. */
const createScript = (endsMachines = true): TaskScript => {
  const script = stage.createScript();
  script.endsMachines = endsMachines;
  script.machines.set('node-1', MACHINE);
  return script;
};

const stepOf = ({ steps }: NodeReport): NodeReport['steps'][number] => steps.find(({ name }) => name === 'endMachine')!;

describe('endMachine', () => {
  it.concurrent('calls the hook once the Node is deleted, and reports its answer', async () => {
    const script = createScript();
    const calls: MachineCall[] = [];
    script.wrap('endMachine', (standard) => (context, node, call) => {
      calls.push(call);
      return standard(context, node, call);
    });
    const task = await stage.startTask(script, ['node-1'], { hostCleanup: 'required' });
    const { closedAs, report } = await stage.awaitEnding(task);
    expect([closedAs, report.outcome]).toEqual(['COMPLETED', 'Decommissioned']);
    expect(report.message).not.toContain('still runs');
    expect(script.callsOf('deleteNode', 'verifyHost', 'endMachine', 'awaitNodeStaysGone')).toEqual([
      'deleteNode node-1',
      'verifyHost node-1',
      'endMachine node-1',
      'awaitNodeStaysGone node-1',
    ]);
    expect(calls).toEqual([{ machine: MACHINE, isReturnSeen: false, isResumed: false }]);
    expect(stepOf(report.nodes[0]!)).toMatchObject({
      status: 'Succeeded',
      message: 'the hook has ended the machine; its answer: terminating',
    });
    expect(report.nodes[0]?.machine).toEqual({ state: 'Ended' });
    const own = await stage.readChildReport(script, 'node-1');
    expect(own.machine).toEqual({ ...MACHINE, state: 'Ended', answer: 'terminating' });
  });

  it.concurrent('is retried: a hook that fails twice, then succeeds', async () => {
    const script = createScript();
    script.fail('endMachine', failure('MachineNotEnded', 'status 503.', false), 2);
    const { report } = await stage.awaitEnding(await stage.startTask(script, ['node-1']));
    expect(stepOf(report.nodes[0]!).status).toBe('Succeeded');
    expect(script.callsOf('endMachine')).toHaveLength(3);
    expect(report.nodes[0]?.notes.join()).not.toContain('parked');
  });

  it.concurrent('parks after a hook that keeps failing, and continues from there when it is resumed', async () => {
    const script = createScript();
    script.waits.hostPatienceSeconds = 0.5;
    script.fail('endMachine', failure('MachineNotEnded', 'status 503.', false), 2);
    const resumed: boolean[] = [];
    script.wrap('endMachine', (standard) => (context, node, call) => {
      resumed.push(call.isResumed);
      return standard(context, node, call);
    });
    const task = await stage.startTask(script, ['node-1', 'node-2']);
    const { outcome, message, nodes } = await stage.awaitStatus(task, ({ phase }) => phase === 'NeedsOperator');
    expect(outcome).toBe('NeedsOperator');
    expect(message).toContain('status 503. Then `resume` the run.');
    expect(nodes[1]?.outcome).toBeUndefined();
    const child = await stage.awaitStatus(stage.childOf(script, 'node-1'), () => true);
    expect(child.nodes[0]?.steps.filter(({ status }) => status === 'Running')).toMatchObject([{ name: 'endMachine' }]);
    await task.executeUpdate('resume', { args: [ANN] });
    const { closedAs, report } = await stage.awaitEnding(task);
    expect([closedAs, report.outcome]).toEqual(['COMPLETED', 'Decommissioned']);
    expect(report.nodes[0]?.notes).toContain('was parked: status 503.');
    expect(resumed.slice(0, 3)).toEqual([false, false, true]);
    expect(script.callsOf('deleteNode', 'uncordonNode')).toEqual(['deleteNode node-1', 'deleteNode node-2']);
  });

  it.concurrent('deletes a Node that came back before the hook is called', async () => {
    const script = createScript();
    script.fail('endMachine', failure('NodeCameBack', 'it is back.'), 1);
    const task = await stage.startTask(script, ['node-1']);
    await stage.awaitStatus(task, ({ phase }) => phase === 'NeedsOperator');
    await task.executeUpdate('resume', { args: [ANN] });
    expect((await stage.awaitEnding(task)).report.outcome).toBe('Decommissioned');
    expect(script.callsOf('deleteNode', 'endMachine', 'awaitNodeStaysGone')).toEqual([
      'deleteNode node-1',
      'endMachine node-1',
      'deleteNode node-1',
      'endMachine node-1',
      'awaitNodeStaysGone node-1',
    ]);
  });

  it.concurrent('continues when it is cancelled while the hook runs, and notes it', async () => {
    const script = createScript();
    const ending = script.hold('endMachine');
    const task = await stage.startTask(script, ['node-1']);
    await ending.reached;
    await task.cancel();
    const child = stage.childOf(script, 'node-1');
    await stage.awaitStatus(child, ({ message }) => message.includes('Cancellation was requested at '));
    expect(await stage.countEvents(child, 'EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED')).toBe(0);
    ending.release();
    const { report } = await stage.awaitEnding(task);
    expect(report.outcome).toBe('Decommissioned');
    expect(stepOf(report.nodes[0]!).status).toBe('Succeeded');
    expect(report.nodes[0]?.notes.join(' ')).toContain('Cancellation was requested at ');
  });

  it.concurrent('is skipped without a hook: outcome and report name the machine that still runs', async () => {
    const script = createScript(false);
    const { report } = await stage.awaitEnding(await stage.startTask(script, ['node-1', 'node-2']));
    expect(report.outcome).toBe('Decommissioned');
    expect(report.message).toMatch(/ 1 of the machines still run: see steps endMachine of the report\.$/);
    expect(script.callsOf('endMachine')).toEqual([]);
    expect(report.nodes.map(({ machine }) => machine)).toEqual([{ state: 'StillRuns' }, undefined]);
    expect(report.nodes.map(stepOf)).toMatchObject([
      {
        status: 'Skipped',
        message: `the configuration of the worker has no \`endMachine\`, so the machine (Hetzner Cloud) still runs; to end it, run \`${COMMAND}\``,
      },
      { status: 'Skipped', message: 'the configuration of the worker has no `endMachine`' },
    ]);
    const own = await stage.readChildReport(script, 'node-1');
    expect(own.machine).toEqual({ ...MACHINE, state: 'StillRuns' });
  });

  it.concurrent('is skipped where the hook could end another machine', async () => {
    const script = createScript();
    script.wrap('endMachine', () => () => Promise.resolve({ kind: 'NotCalled', why: 'another machine has its name' }));
    const { report } = await stage.awaitEnding(await stage.startTask(script, ['node-1']));
    expect(report.message).toBe(`${MESSAGE} The machine still runs: see step endMachine of the report.`);
    expect(stepOf(report.nodes[0]!)).toMatchObject({
      status: 'Skipped',
      message: `another machine has its name, so the machine (Hetzner Cloud) still runs; to end it, run \`${COMMAND}\``,
    });
  });

  it.concurrent('never runs with deleteNode: false', async () => {
    const script = createScript();
    const { report } = await stage.awaitEnding(await stage.startTask(script, ['node-1'], { deleteNode: false }));
    expect(report.outcome).toBe('Decommissioned');
    expect(stepOf(report.nodes[0]!)).toEqual({ name: 'endMachine', status: 'Skipped', message: 'deleteNode: false' });
    expect(report.nodes[0]).not.toHaveProperty('machine');
    expect(script.callsOf('endMachine')).toEqual([]);
  });

  it.concurrent('never runs when the Node is not deleted', async () => {
    const script = createScript();
    script.fail('deleteNode', failure('NodeDeletionRefused', 'a webhook denied it.'));
    const { report } = await stage.awaitEnding(await stage.startTask(script, ['node-1']));
    expect(report.outcome).toBe('RolledBack');
    expect(script.callsOf('endMachine')).toEqual([]);
    expect(stepOf(report.nodes[0]!).status).toBe('NotExecuted');
  });
});
