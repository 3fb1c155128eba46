import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { STEP_NAMES, type NodeReport } from '../../src/domain/run/report.ts';
import type { DecommissionPlan } from '../../src/domain/plan/decommission-plan.ts';
import { toSortedStages } from './sorted-stages.ts';
import { failure, target, type TaskScript } from './task-script.ts';
import { TEST_TIMEOUT_MILLISECONDS, WorkflowHarness } from './workflow-harness.ts';

const stepsOf = (node: NodeReport | undefined): Record<string, string> =>
  Object.fromEntries((node?.steps ?? []).map(({ name, status }) => [name, status]));

const refuse = (script: TaskScript): TaskScript =>
  script.wrap('planTask', (standard) => async (context, request): Promise<DecommissionPlan> => {
    const finding = {
      code: 'ControlPlaneNode',
      severity: 'refusal',
      subject: 'node-1',
      message: 'it is etcd.',
    } as const;
    return { ...(await standard(context, request)), verdict: 'Refused', findings: [finding] };
  });

jest.setTimeout(TEST_TIMEOUT_MILLISECONDS);
const stage = await WorkflowHarness.open();
afterAll(() => stage.close());

/** Without the first wait for volumes of each node, which is called beside its second read. */
const withoutOverlap = (calls: readonly string[]): readonly string[] =>
  calls.filter((call, index) => !call.startsWith('awaitVolumesDetached') || calls.indexOf(call) < index);

describe('decommissionNodes', () => {
  it.concurrent('runs all steps of one node in order', async () => {
    const script = stage.createScript({ 'node-1': [target('web-1')] });
    const { closedAs, report } = await stage.awaitEnding(await stage.startTask(script, ['node-1']));
    expect(withoutOverlap(script.calls)).toEqual([
      'acceptRequest',
      'planTask',
      'acquireNodeLock node-1',
      'protectWorkloads node-1',
      'cordonNode node-1',
      'excludeFromBalancers node-1',
      'readDrainState node-1',
      'protectWorkloads node-1',
      'evictPod web-1',
      'readDrainState node-1',
      'readDrainState node-1',
      'markNodeLeaving node-1',
      'awaitVolumesDetached node-1',
      'confirmDrained node-1',
      'markPointOfNoReturn node-1',
      'deleteNode node-1',
      'awaitNodeStaysGone node-1',
      'releaseBudgets',
      'readReturnedNodes node-1',
    ]);
    expect([closedAs, report.outcome]).toEqual(['COMPLETED', 'Decommissioned']);
    const [node] = report.nodes;
    expect(node?.steps.map(({ name }) => name)).toEqual(STEP_NAMES);
    expect(stepsOf(node)).toEqual({
      preflight: 'Succeeded',
      budgets: 'Succeeded',
      cordon: 'Succeeded',
      evict: 'Succeeded',
      detach: 'Succeeded',
      stopKubelet: 'Skipped',
      deleteNode: 'Succeeded',
      cleanHost: 'Skipped',
      verifyHost: 'Skipped',
      endMachine: 'Skipped',
      finish: 'Succeeded',
    });
    expect(node?.childWorkflowId).toBe(`decommission/${script.cluster}/node/node-1`);
    expect(node?.pods).toEqual([]);
    const child = await stage.readChildReport(script, 'node-1');
    expect(child.pods).toMatchObject([{ namespace: 'default', name: 'web-1', uid: 'uid-web-1', outcome: 'Evicted' }]);
    expect(child.notes).toContain('budget default/web-pdb protects a workload on the node');
  });

  it.concurrent(
    'prepares all three nodes before it drains the first, and releases the budgets after the last',
    async () => {
      const script = stage.createScript();
      const nodeNames = ['node-1', 'node-2', 'node-3'];
      const { report } = await stage.awaitEnding(await stage.startTask(script, nodeNames));
      const drained = (nodeName: string): readonly string[] =>
        [
          ...['excludeFromBalancers', 'readDrainState', 'readDrainState', 'markNodeLeaving', 'awaitVolumesDetached'],
          ...['confirmDrained', 'markPointOfNoReturn', 'deleteNode', 'awaitNodeStaysGone'],
        ].map((name) => `${name} ${nodeName}`);
      expect(withoutOverlap(script.calls)).toEqual([
        'acceptRequest',
        'planTask',
        ...nodeNames.map((nodeName) => `acquireNodeLock ${nodeName}`),
        'protectWorkloads node-1,node-2,node-3',
        ...nodeNames.map((nodeName) => `cordonNode ${nodeName}`),
        ...drained('node-1'),
        'repeatPreflight node-2,node-3',
        ...['node-2', 'node-3'].flatMap(drained),
        'releaseBudgets',
        'readReturnedNodes node-1,node-2,node-3',
      ]);
      expect(report.nodes.map(({ nodeName, outcome }) => [nodeName, outcome])).toEqual(
        nodeNames.map((nodeName) => [nodeName, 'Decommissioned']),
      );
      expect(report.undo).toMatchObject([{ action: 'delete budget default/web-pdb', status: 'Undone' }]);
    },
  );

  it.concurrent(
    'stops at the first node that fails, keeps finished nodes and uncordons those not started',
    async () => {
      const script = stage.createScript({ 'node-2': [target('web-2')] });
      script.fail('evictPod', failure('EvictionRefused', 'the API server refused'));
      const { closedAs, failureType, report } = await stage.awaitEnding(
        await stage.startTask(script, ['node-1', 'node-2', 'node-3']),
      );
      expect([closedAs, failureType]).toEqual(['FAILED', 'RolledBack']);
      expect(report.nodes.map(({ outcome, failedStep }) => [outcome, failedStep])).toEqual([
        ['Decommissioned', undefined],
        ['RolledBack', 'evict'],
        ['RolledBack', undefined],
      ]);
      expect(report.message).toMatch(
        /^node node-2: the API server refused\. 1 node was not started\. 1 of 3 nodes .*undone\.$/,
      );
      expect(report.failure?.type).toBe('EvictionRefused');
      expect(script.callsOf('readDrainState')).not.toContain('readDrainState node-3');
      expect(toSortedStages(script.callsOf('uncordonNode', 'releaseBudgets', 'releaseNodeLock'), [1, 1, 1, 2])).toEqual(
        [
          ['uncordonNode node-2'],
          ['uncordonNode node-3'],
          ['releaseBudgets'],
          ['releaseNodeLock node-2', 'releaseNodeLock node-3'],
        ],
      );
      expect(stepsOf(report.nodes[1])).toMatchObject({ budgets: 'Undone', cordon: 'Undone', evict: 'Failed' });
      expect(stepsOf(report.nodes[2])).toMatchObject({ cordon: 'Undone', evict: 'NotExecuted', finish: 'NotExecuted' });
    },
  );

  it.concurrent.each([
    ['refuses before any change', {}, refuse, 'FAILED', 'Refused'],
    ['L8: ends a dry run with its plan', { dryRun: true }, (script: TaskScript) => script, 'COMPLETED', 'DryRun'],
    ['also refuses a dry run', { dryRun: true }, refuse, 'FAILED', 'Refused'],
  ])('%s', async (_name, request, prepare, closedAs, outcome) => {
    const script = prepare(stage.createScript());
    const handle = await stage.startTask(script, ['node-1'], request);
    const ending = await stage.awaitEnding(handle);
    expect([ending.closedAs, ending.report.outcome]).toEqual([closedAs, outcome]);
    expect(script.changes).toEqual([]);
    expect(ending.report.nodes.map((node) => node.outcome)).toEqual([outcome]);
    expect(await handle.query<DecommissionPlan>('plan')).toMatchObject({ taskId: '42' });
    if (outcome === 'Refused') expect(ending.report.message).toBe('preflight refuses: it is etcd.');
  });

  it.concurrent(
    'is refused when another task holds one of its nodes, and undoes its changes to the others',
    async () => {
      const script = stage.createScript();
      script.wrap('acquireNodeLock', (standard) => async (context, node, fingerprint) => {
        if (node.nodeName === 'node-2') throw failure('NodeBusy', 'node node-2 is held by task 7.');
        await standard(context, node, fingerprint);
      });
      const { failureType, report } = await stage.awaitEnding(await stage.startTask(script, ['node-1', 'node-2']));
      expect([failureType, report.failure?.type]).toEqual(['Refused', 'NodeBusy']);
      expect(report.nodes.map(({ failedStep, steps }) => [failedStep, steps[1]?.status])).toEqual([
        ['budgets', 'Failed'],
        ['budgets', 'Failed'],
      ]);
      expect(toSortedStages(script.changes, [1, 1, 2])).toEqual([
        ['acquireNodeLock node-1'],
        ['acquireNodeLock node-2'],
        ['releaseNodeLock node-1', 'releaseNodeLock node-2'],
      ]);
    },
  );

  it.concurrent('is refused when the workflow id of a node is taken, and undoes all changes', async () => {
    const script = stage.createScript();
    const held = script.hold('acceptRequest');
    const other = await stage.startByItself(script, 'node-1');
    await held.reached;
    const { failureType, report } = await stage.awaitEnding(await stage.startTask(script, ['node-1', 'node-2']));
    held.release();
    await other.terminate('done with it');
    expect([failureType, report.nodes[0]?.failure?.type]).toEqual(['Refused', 'NodeBusy']);
    expect(report.nodes.map(({ outcome }) => outcome)).toEqual(['Refused', 'Refused']);
    expect(toSortedStages(script.callsOf('uncordonNode', 'releaseBudgets', 'releaseNodeLock'), [2, 1, 2])).toEqual([
      ['uncordonNode node-1', 'uncordonNode node-2'],
      ['releaseBudgets'],
      ['releaseNodeLock node-1', 'releaseNodeLock node-2'],
    ]);
  });

  it.concurrent("puts a node back itself when the node's workflow was terminated", async () => {
    const script = stage.createScript({ 'node-1': [target('web-1')] });
    const held = script.holdUntilCancelled('evictPod');
    const handle = await stage.startTask(script, ['node-1']);
    await held.reached;
    await stage.childOf(script, 'node-1').terminate('by mistake');
    const { failureType, report } = await stage.awaitEnding(handle);
    expect([failureType, report.nodes[0]?.childRunId]).toEqual(['RolledBack', expect.any(String)]);
    expect(script.callsOf('uncordonNode', 'releaseBudgets', 'releaseNodeLock')).toEqual([
      'uncordonNode node-1',
      'releaseBudgets',
      'releaseNodeLock node-1',
    ]);
  });

  it.concurrent('refuses at preflight when the worker has another cluster under that name', async () => {
    const script = stage.createScript();
    script.fail('planTask', failure('ClusterMismatch', 'worker 7@host has another one.'));
    const { failureType, report } = await stage.awaitEnding(await stage.startTask(script, ['node-1']));
    expect([failureType, report.failure?.type]).toEqual(['Refused', 'ClusterMismatch']);
    expect(script.changes).toEqual([]);
  });

  it.concurrent.each([
    ['gone', 'deleted'],
    ['deleting', 'marked for deletion'],
  ] as const)(
    "does not report a node as undone whose Node was %s when the node's workflow was terminated",
    async (presence, state) => {
      const script = stage.createScript();
      const gone = script.holdUntilCancelled('awaitNodeStaysGone', 'node-1');
      script.wrap('readNodePresence', () => () => Promise.resolve(presence));
      const handle = await stage.startTask(script, ['node-1', 'node-2']);
      await gone.reached;
      await stage.childOf(script, 'node-1').terminate('by mistake');
      const { failureType, report } = await stage.awaitEnding(handle);
      expect([failureType, report.nodes.map(({ outcome }) => outcome)]).toEqual([
        'RollbackIncomplete',
        ['RollbackIncomplete', 'RolledBack'],
      ]);
      expect(report.message).toMatch(/^node node-1: its workflow closed without a report /);
      expect(report.message).toContain(` after its Node was ${state}, so nothing verifies`);
      expect(report.message).not.toMatch(/undone\./);
      expect(report.nodes[0]?.undo).toMatchObject([
        { action: 'undo the changes to node node-1', status: 'Failed', commands: ['kubectl get node node-1'] },
      ]);
      expect(script.callsOf('readNodePresence', 'uncordonNode', 'releaseBudgets')).toEqual([
        'readNodePresence node-1',
        'uncordonNode node-2',
        'releaseBudgets',
      ]);
    },
  );

  it.concurrent("reports when the state of the Node of a terminated node's workflow is unknown", async () => {
    const script = stage.createScript();
    const gone = script.holdUntilCancelled('awaitNodeStaysGone');
    script.fail('readNodePresence', failure('Forbidden', 'forbidden.'));
    const handle = await stage.startTask(script, ['node-1']);
    await gone.reached;
    await stage.childOf(script, 'node-1').terminate('by mistake');
    const { failureType, report } = await stage.awaitEnding(handle);
    expect(failureType).toBe('RollbackIncomplete');
    expect(report.message).toMatch(/the state of its Node could not be read: forbidden\./);
    expect(report.message).not.toMatch(/undone\./);
    expect(script.callsOf('uncordonNode')).toEqual(['uncordonNode node-1']);
  });

  it.concurrent('reads the state of the Node also when the task is cancelled meanwhile', async () => {
    const script = stage.createScript();
    const gone = script.hold('awaitNodeStaysGone');
    script.wrap('readNodePresence', () => () => Promise.resolve('gone'));
    const handle = await stage.startTask(script, ['node-1']);
    await gone.reached;
    await handle.cancel();
    await stage.awaitHistory(stage.childOf(script, 'node-1'), 'EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED');
    await stage.childOf(script, 'node-1').terminate('by mistake');
    const { failureType } = await stage.awaitEnding(handle);
    expect(failureType).toBe('RollbackIncomplete');
    gone.release();
  });
});
