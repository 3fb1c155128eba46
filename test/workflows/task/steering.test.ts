import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { Context } from '@temporalio/activity';
import type { WorkflowHandle } from '@temporalio/client';
import type { NodeReport } from '../../../src/domain/run/report.ts';
import type { RunStatus } from '../../../src/domain/run/status.ts';
import { createTemporalHandle } from '../../../src/client/temporal-handle.ts';
import { beatUntil } from '../beat-until.ts';
import { failure, target, type TaskScript } from '../task-script.ts';
import { TEST_TIMEOUT_MILLISECONDS, WorkflowHarness } from '../workflow-harness.ts';

const ANN = { by: 'ann', reason: 'the shop is closed' };
const WEB_2 = { ...ANN, namespace: 'default', name: 'web-2' };
const APPROVED = { action: 'approve', ...ANN };

jest.setTimeout(TEST_TIMEOUT_MILLISECONDS);
const stage = await WorkflowHarness.open();
afterAll(() => stage.close());

const send = (handle: WorkflowHandle, update: string, argument: object): Promise<RunStatus> =>
  handle.executeUpdate<RunStatus, [object]>(update, { args: [argument] });

/** The sentence of a refusal. */
const refuse = async (handle: WorkflowHandle, update: string, argument: object): Promise<string> => {
  const error: unknown = await send(handle, update, argument).catch((reason: unknown) => reason);
  return (error as { readonly cause?: Error }).cause?.message ?? 'accepted';
};

const readOwnReport = async (script: TaskScript, nodeName = 'node-1'): Promise<NodeReport> =>
  (await stage.awaitClosing<NodeReport>(stage.childOf(script, nodeName))).report;

describe('approve', () => {
  it.concurrent('continues the nodes that wait before their first eviction', async () => {
    const script = stage.createScript({ 'node-1': [target('web-1')] });
    const nodeNames = ['node-1', 'node-2'];
    const task = await stage.startTask(script, nodeNames, { maxConcurrentNodes: 2, approval: 'beforeEviction' });
    const status = await stage.awaitStatus(task, ({ awaitsApproval }) => awaitsApproval?.length === 2);
    expect(status.message).toContain('node node-1 waits for an approval before its first eviction.');
    expect(script.callsOf('readDrainState', 'cordonNode')).toHaveLength(2);
    await send(task, 'approve', { ...ANN, nodeName: 'node-1' });
    await stage.awaitStatus(task, ({ nodes }) => nodes[0]?.outcome === 'Decommissioned');
    expect((await task.query<RunStatus>('status')).awaitsApproval).toEqual(['node-2']);
    await send(task, 'approve', ANN);
    expect((await stage.awaitEnding(task)).report.outcome).toBe('Decommissioned');
    expect((await readOwnReport(script)).steering).toMatchObject([{ ...APPROVED, point: 'beforeEviction' }]);
  });

  it.concurrent(
    'continues a node before its point of no return, whose checks follow; a repetition has no effect',
    async () => {
      const script = stage.createScript({ 'node-1': [target('web-1')] });
      const deletion = script.hold('deleteNode');
      const task = await stage.startTask(script, ['node-1'], { approval: 'beforeNodeDeletion' });
      await stage.awaitStatus(task, ({ awaitsApproval }) => awaitsApproval !== undefined);
      expect(script.callsOf('evictPod', 'confirmDrained')).toEqual(['evictPod web-1']);
      const node = stage.childOf(script, 'node-1');
      await send(node, 'approve', ANN);
      await send(node, 'approve', { ...ANN, by: 'bob' });
      await deletion.reached;
      await send(task, 'approve', { ...ANN, by: 'bob' });
      deletion.release();
      expect((await stage.awaitEnding(task)).report.outcome).toBe('Decommissioned');
      expect(script.callsOf('confirmDrained')).toHaveLength(1);
      expect((await readOwnReport(script)).steering).toMatchObject([{ ...APPROVED, point: 'beforeNodeDeletion' }]);
    },
  );

  it.concurrent('is not needed by a cancellation', async () => {
    const script = stage.createScript();
    const task = await stage.startTask(script, ['node-1'], { approval: 'beforeEviction' });
    await stage.awaitStatus(task, ({ awaitsApproval }) => awaitsApproval !== undefined);
    await task.cancel();
    expect((await stage.awaitEnding(task)).closedAs).toBe('CANCELLED');
    expect(script.callsOf('uncordonNode')).toEqual(['uncordonNode node-1']);
  });

  it.concurrent('continues a node without a task', async () => {
    const script = stage.createScript();
    const node = await stage.startByItself(script, 'node-1', { approval: 'beforeEviction' });
    await stage.awaitStatus(node, ({ message }) => message.includes('waits for an approval'));
    await send(node, 'approve', ANN);
    expect((await stage.awaitEnding(node)).report.nodes[0]?.steering).toMatchObject([APPROVED]);
  });
});

describe('a pod whose eviction waits', () => {
  const arrange = async () => {
    const script = stage.createScript({ 'node-1': [target('web-1'), target('web-2')] });
    const eviction = script.holdUntilCancelled('evictPod', 'web-2');
    const task = await stage.startTask(script, ['node-1', 'node-2']);
    await eviction.reached;
    const node = stage.childOf(script, 'node-1');
    await stage.awaitStatus(node, ({ nodes }) => nodes[0]?.pods.some(({ state }) => state === 'Evicted') === true);
    return { script, task, node };
  };
  const evictionsOf = (script: TaskScript): readonly string[] =>
    script.callsOf('evictPod', 'deletePod').filter((call) => call.endsWith('web-2'));

  it.concurrent('is evicted again at once after retryPod to its task', async () => {
    const { script, task } = await arrange();
    await send(task, 'retryPod', WEB_2);
    expect((await stage.awaitEnding(task)).report.outcome).toBe('Decommissioned');
    expect(evictionsOf(script)).toEqual(['evictPod web-2', 'evictPod web-2']);
    expect((await readOwnReport(script)).steering).toMatchObject([
      { action: 'retryPod', pod: 'default/web-2', ...ANN },
    ]);
  });

  it.concurrent(
    'is evicted before the work of its Job has ended after retryPod, and waited for again after a skip',
    async () => {
      const job = target('job-1', { workload: 'Job/report', awaitsCompletion: true });
      const script = stage.createScript({ 'node-1': [job] });
      const evicted: (true | undefined)[] = [];
      script.wrap('evictPod', (standard) => async (context, input) => {
        evicted.push(input.pod.awaitsCompletion);
        if (input.pod.awaitsCompletion) await beatUntil(Context.current().cancelled);
        return await standard(context, input);
      });
      const task = await stage.startTask(script, ['node-1']);
      const awaitEvictions = (count: number): Promise<void> =>
        stage.await(() => Promise.resolve(evicted.length === count), `${count} evictions`);
      await awaitEvictions(1);
      const message = { ...ANN, namespace: 'default', name: 'job-1' };
      await send(task, 'skipPod', message);
      await send(task, 'retryPod', message);
      await awaitEvictions(2);
      await send(task, 'retryPod', message);
      expect((await stage.awaitEnding(task)).report.outcome).toBe('Decommissioned');
      expect(evicted).toEqual([true, true, undefined]);
      const { pods, steering } = await readOwnReport(script);
      expect(pods[0]?.message).toBe('evicted without waiting for the end of its work, by ann: the shop is closed');
      expect(steering?.map(({ action }) => action)).toEqual(['skipPod', 'retryPod', 'retryPod']);
    },
  );

  it.concurrent('is left alone after skipPod, and the node waits for it until retryPod', async () => {
    const { script, task, node } = await arrange();
    await send(node, 'skipPod', WEB_2);
    await send(node, 'skipPod', { ...WEB_2, by: 'bob' });
    const status = await stage.awaitStatus(node, ({ message }) => message.includes('waiting until skipped pods'));
    expect(status.message).toContain('default/web-2 (by ann)');
    expect(script.callsOf('awaitVolumesDetached')).toEqual([]);
    await send(node, 'retryPod', WEB_2);
    expect((await stage.awaitEnding(task)).report.outcome).toBe('Decommissioned');
    expect(evictionsOf(script)).toEqual(['evictPod web-2', 'evictPod web-2']);
    expect((await readOwnReport(script)).steering?.map(({ action, by }) => [action, by])).toEqual([
      ['skipPod', 'ann'],
      ['retryPod', 'ann'],
    ]);
  });

  it.concurrent('is deleted after forcePod, then awaited like any other', async () => {
    const { script, task } = await arrange();
    await createTemporalHandle(stage.client, { workflowId: task.workflowId, attached: true }).steerPod(
      'forcePod',
      WEB_2,
    );
    expect((await stage.awaitEnding(task)).report.outcome).toBe('Decommissioned');
    expect(evictionsOf(script)).toEqual(['evictPod web-2', 'deletePod web-2', 'evictPod web-2']);
    const { steering, pods } = await readOwnReport(script);
    expect(steering).toMatchObject([{ action: 'forcePod', pod: 'default/web-2', ...ANN }]);
    expect(pods.find(({ name }) => name === 'web-2')?.message).toBe(
      'deleted instead of evicted, by ann: the shop is closed',
    );
  });

  it.concurrent('is evicted as before when its deletion is denied', async () => {
    const { script, task, node } = await arrange();
    script.fail('deletePod', failure('Forbidden', 'the permission to delete pods is missing.'));
    await send(node, 'forcePod', WEB_2);
    expect((await stage.awaitEnding(task)).report.outcome).toBe('Decommissioned');
    expect((await readOwnReport(script)).notes).toContain(
      'pod default/web-2 could not be deleted, as ann requested: the permission to delete pods is missing.',
    );
  });

  it.concurrent('is not changed by updates that are refused; they leave nothing in state and history', async () => {
    const { script, task, node } = await arrange();
    const before = [await task.query('status'), await node.query('status')];
    expect(await refuse(node, 'forcePod', { ...WEB_2, name: 'web-9' })).toContain('has no pod default/web-9 to evict');
    expect(await refuse(node, 'retryPod', { ...WEB_2, name: 'web-1' })).toContain('has left node node-1 already');
    expect(await refuse(node, 'skipPod', { ...WEB_2, reason: '' })).toContain('specify who requests this and why');
    expect(await refuse(node, 'approve', ANN)).toContain('`approval: none`');
    expect(await refuse(task, 'approve', ANN)).toContain('`approval: none`');
    expect(await refuse(task, 'forcePod', { ...WEB_2, nodeName: 'node-2' })).toContain('not being decommissioned now');
    expect(await refuse(task, 'forcePod', ANN)).toContain('specify the pod');
    expect([await task.query('status'), await node.query('status')]).toEqual(before);
    for (const handle of [task, node])
      expect(await stage.countEvents(handle, 'EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED')).toBe(0);
    // What only the node knows is refused by the update of the task, too.
    expect(await refuse(task, 'forcePod', { ...WEB_2, name: 'web-9' })).toContain('has no pod default/web-9 to evict');
    await node.executeUpdate('pause', { args: [ANN] });
    expect(await refuse(node, 'forcePod', WEB_2)).toContain('the run is paused');
    await node.executeUpdate('resume', { args: [ANN] });
    expect((await stage.awaitEnding(task)).report.outcome).toBe('Decommissioned');
    expect((await readOwnReport(script)).steering).toBeUndefined();
    expect(await refuse(task, 'approve', ANN)).not.toBe('');
  });
});
