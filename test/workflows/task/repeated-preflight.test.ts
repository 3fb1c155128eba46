import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { failure, target, type TaskScript } from '../task-script.ts';
import { TEST_TIMEOUT_MILLISECONDS, WorkflowHarness } from '../workflow-harness.ts';

const ANN = { by: 'ann', reason: 'the shop is open' };
const THREE = ['node-1', 'node-2', 'node-3'];
const REFUSAL = 'preflight was repeated before the node started, and refuses: node node-2 is not Ready.';

jest.setTimeout(TEST_TIMEOUT_MILLISECONDS);
const stage = await WorkflowHarness.open();
afterAll(() => stage.close());

const refuse = (script: TaskScript, refused: string, together: { readonly above: number } = { above: 0 }): void => {
  script.wrap('repeatPreflight', (standard) => async (context, request, targets) => {
    const found = await standard(context, request, targets);
    return found.map((each) => {
      if (targets.length > together.above && together.above > 0)
        return { ...each, refusals: ['there is no room for all of them.'], isRefusedTogether: true };
      return each.nodeName === refused ? { ...each, refusals: [`node ${refused} is not Ready.`] } : each;
    });
  });
};

describe('the preflight of a task with several nodes', () => {
  it.concurrent('is repeated before each node but the first ones, and its warnings are in their report', async () => {
    const script = stage.createScript();
    script.wrap('repeatPreflight', (standard) => async (...args) => {
      const warnings = [{ code: 'BudgetWaits', subject: 'default/web-pdb', message: 'the budget allows 0.' } as const];
      return (await standard(...args)).map((each) => ({ ...each, warnings }));
    });
    const { report } = await stage.awaitEnding(await stage.startTask(script, THREE, { maxConcurrentNodes: 2 }));
    expect(report.outcome).toBe('Decommissioned');
    expect(script.callsOf('repeatPreflight')).toEqual(['repeatPreflight node-3']);
    const messages = report.nodes.map(({ steps }) => steps[0]?.message);
    expect(messages).toEqual([
      'no problems found',
      'no problems found',
      expect.stringMatching(/^repeated at .*Z, with new warnings: the budget allows 0$/),
    ]);
  });

  it.concurrent('is not repeated for a single node that starts at once', async () => {
    const script = stage.createScript();
    await stage.awaitEnding(await stage.startTask(script, ['node-1']));
    expect(script.callsOf('repeatPreflight')).toEqual([]);
  });

  it.concurrent('refuses a node alone: nothing of it changes, its cordon is undone, the others continue', async () => {
    const script = stage.createScript();
    refuse(script, 'node-2');
    const { failureType, report } = await stage.awaitEnding(
      await stage.startTask(script, THREE, { stopAfterFailures: 2 }),
    );
    expect(failureType).toBe('Refused');
    expect(report.nodes).toMatchObject([
      { outcome: 'Decommissioned' },
      { outcome: 'Refused', failedStep: 'preflight', failure: { type: 'Refused', message: REFUSAL } },
      { outcome: 'Decommissioned' },
    ]);
    expect(report.nodes[1]?.steps.map(({ status }) => status).slice(0, 4)).toEqual([
      'Failed',
      'Undone',
      'Undone',
      'NotExecuted',
    ]);
    expect(script.callsOf('readDrainState').join()).not.toContain('node-2');
    expect(script.callsOf('uncordonNode', 'releaseNodeLock')).toEqual([
      'uncordonNode node-2',
      'releaseNodeLock node-2',
    ]);
  });

  it.concurrent('counts a refused node for stopAfterFailures', async () => {
    const script = stage.createScript();
    refuse(script, 'node-2');
    const { report } = await stage.awaitEnding(await stage.startTask(script, THREE));
    expect(report.nodes.map(({ outcome }) => outcome)).toEqual(['Decommissioned', 'Refused', 'Refused']);
    expect(report.message).toBe(
      `node node-2: ${REFUSAL} 1 node was not started. 1 of 3 nodes were already decommissioned. All other changes were undone.`,
    );
  });

  it.concurrent('checks nodes one by one when they are refused together', async () => {
    const script = stage.createScript();
    refuse(script, 'node-2', { above: 1 });
    const { report } = await stage.awaitEnding(await stage.startTask(script, THREE, { stopAfterFailures: 2 }));
    expect(script.callsOf('repeatPreflight')).toEqual([
      'repeatPreflight node-2,node-3',
      'repeatPreflight node-2',
      'repeatPreflight node-3',
    ]);
    expect(report.nodes.map(({ outcome }) => outcome)).toEqual(['Decommissioned', 'Refused', 'Decommissioned']);
  });

  it.concurrent('lets no nodes start side by side that are refused together', async () => {
    const script = stage.createScript();
    refuse(script, 'none', { above: 2 });
    const running = new Set<string>();
    const seen: string[] = [];
    script.wrap('readDrainState', (standard) => (context, request, node) => {
      running.add(node.nodeName);
      seen.push([...running].toSorted().join());
      return standard(context, request, node);
    });
    script.wrap('awaitNodeStaysGone', (standard) => (context, node, untilAt, isReturnSeen) => {
      running.delete(node.nodeName);
      return standard(context, node, untilAt, isReturnSeen);
    });
    const first = script.hold('confirmDrained', 'node-1');
    script.wrap('planTask', (standard) => async (...args) => ({
      ...(await standard(...args)),
      createdAt: '2026-01-02T03:04:05.000Z',
    }));
    const handle = await stage.startTask(script, ['node-0', ...THREE, 'node-4'], { maxConcurrentNodes: 3 });
    await first.reached;
    const { waits } = await stage.awaitStatus(handle, (status) => status.waits?.includes('together') === true);
    expect(waits).toBe('preflight refuses node-2 together with nodes that run now');
    first.release();
    expect((await stage.awaitEnding(handle)).report.outcome).toBe('Decommissioned');
    expect(script.callsOf('repeatPreflight').slice(0, 3)).toEqual([
      'repeatPreflight node-0,node-1,node-2,node-3,node-4',
      'repeatPreflight node-0,node-1,node-2',
      'repeatPreflight node-0,node-1',
    ]);
    expect(seen).not.toContain('node-0,node-1,node-2');
  });

  it.concurrent('counts as recent from its answer on, so that a slow one is not repeated for ever', async () => {
    const script = stage.createScript();
    const held = script.hold('repeatPreflight');
    const handle = await stage.startTask(script, ['node-1', 'node-2']);
    await held.reached;
    const { waits } = await stage.awaitStatus(handle, ({ nodes }) => nodes[0]?.outcome !== undefined);
    expect(waits).toBe('preflight is repeated before the next nodes start: node-2');
    const answeredFrom = Date.now();
    held.release();
    const { report } = await stage.awaitEnding(handle);
    const at = /repeated at (?<at>\S+):/.exec(report.nodes[1]?.steps[0]?.message ?? '')?.groups?.['at'] ?? '';
    expect(Date.parse(at)).toBeGreaterThanOrEqual(answeredFrom);
  });

  it.concurrent('ends when no other node starts', async () => {
    const script = stage.createScript({ 'node-2': [target('web-1')] });
    script.holdUntilCancelled('repeatPreflight');
    script.fail('evictPod', failure('EvictionRefused', 'the API server refused.'));
    const eviction = script.hold('evictPod');
    const handle = await stage.startTask(script, THREE, { maxConcurrentNodes: 2 });
    await eviction.reached;
    await stage.awaitStatus(handle, () => script.callsOf('repeatPreflight').length > 0);
    eviction.release();
    const { report } = await stage.awaitEnding(handle);
    expect(report.nodes.map(({ outcome }) => outcome)).toEqual(['Decommissioned', 'RolledBack', 'RolledBack']);
  });

  it.concurrent('that cannot be repeated fails the node that was to start', async () => {
    const script = stage.createScript();
    script.fail('repeatPreflight', failure('ClusterUnavailable', 'no response.'), 1);
    const { report } = await stage.awaitEnding(await stage.startTask(script, THREE, { stopAfterFailures: 2 }));
    expect(report.nodes).toMatchObject([
      { outcome: 'Decommissioned' },
      { outcome: 'RolledBack', failedStep: 'preflight', failure: { type: 'ClusterUnavailable' } },
      { outcome: 'Decommissioned' },
    ]);
  });

  it.concurrent('ends with a cancellation of the task', async () => {
    const script = stage.createScript();
    const held = script.holdUntilCancelled('repeatPreflight');
    const handle = await stage.startTask(script, ['node-1', 'node-2']);
    await held.reached;
    await handle.cancel();
    const { closedAs, report } = await stage.awaitEnding(handle);
    expect([closedAs, ...report.nodes.map(({ outcome }) => outcome)]).toEqual([
      'CANCELLED',
      'Decommissioned',
      'Cancelled',
    ]);
    await stage.expectNoFailedTasks(handle);
  });

  it.concurrent('starts no node while the task is paused', async () => {
    const script = stage.createScript({ 'node-2': [target('web-1')] });
    const held = script.hold('repeatPreflight');
    const handle = await stage.startTask(script, ['node-1', 'node-2']);
    await held.reached;
    await handle.executeUpdate('pause', { args: [ANN] });
    held.release();
    await stage.awaitSettled(handle, 'EVENT_TYPE_ACTIVITY_TASK_COMPLETED', 9);
    expect(script.callsOf('readDrainState').join()).not.toContain('node-2');
    await handle.executeUpdate('resume', { args: [ANN] });
    expect((await stage.awaitEnding(handle)).report.outcome).toBe('Decommissioned');
  });
});
