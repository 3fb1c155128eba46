import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { toBudgetCommands, toNodeCommands, toSurgeCommands } from '../../../src/domain/node/repair-commands.ts';
import { toSortedStages } from '../sorted-stages.ts';
import { failure, target, type ActivityName } from '../task-script.ts';
import { TEST_TIMEOUT_MILLISECONDS, WorkflowHarness } from '../workflow-harness.ts';

const UNDO = ['uncordonNode', 'releaseBudgets', 'releaseNodeLock'] as const;
const LOCK = ['releaseNodeLock node-1'];
const BUDGETS = ['releaseBudgets', ...LOCK];
const ALL = ['uncordonNode node-1', ...BUDGETS];

jest.setTimeout(TEST_TIMEOUT_MILLISECONDS);
const stage = await WorkflowHarness.open();
afterAll(() => stage.close());

describe('undo', () => {
  const failing: [ActivityName, string, string | undefined, readonly string[]][] = [
    ['acceptRequest', 'ClusterUnavailable', undefined, []],
    ['planTask', 'ClusterUnavailable', 'preflight', []],
    ['acquireNodeLock', 'NodeChanged', 'budgets', LOCK],
    ['protectWorkloads', 'BudgetNotObserved', 'budgets', BUDGETS],
    ['cordonNode', 'NodeChanged', 'cordon', ALL],
    ['readDrainState', 'CordonLost', 'evict', ALL],
    ['evictPod', 'DrainTimeout', 'evict', ALL],
    ['awaitVolumesDetached', 'DetachTimeout', 'detach', ALL],
    ['confirmDrained', 'LockLost', 'deleteNode', ALL],
    ['deleteNode', 'NodeDeletionRefused', 'deleteNode', ALL],
  ];
  it.concurrent.each(failing)('undoes all changes when %s fails with %s', async (name, type, failedStep, undo) => {
    const script = stage.createScript({ 'node-1': [target('web-1')] });
    script.fail(name, failure(type, 'it failed.'));
    const { closedAs, failureType, report } = await stage.awaitEnding(await stage.startTask(script, ['node-1']));
    expect([closedAs, failureType, report.outcome]).toEqual(['FAILED', 'RolledBack', 'RolledBack']);
    expect(report.failure?.type).toBe(type);
    expect(report.nodes[0]?.failedStep).toBe(failedStep);
    expect(script.callsOf(...UNDO)).toEqual(undo);
    expect(script.calls.at(-1)?.split(' ')[0]).toBe(undo.length === 0 ? name : 'releaseNodeLock');
  });

  it.concurrent('undoes several nodes side by side, and the budgets after all of them', async () => {
    const script = stage.createScript();
    const slow = script.hold('uncordonNode', 'node-3');
    script.fail('confirmDrained', failure('LockLost', 'another task took it.'));
    const handle = await stage.startTask(script, ['node-1', 'node-2', 'node-3', 'node-4']);
    await slow.reached;
    // `node-1` was undone by its own workflow.
    await stage.awaitStatus(handle, () => script.callsOf('uncordonNode').length === 4);
    expect([...script.callsOf('uncordonNode')].sort()).toEqual([1, 2, 3, 4].map((each) => `uncordonNode node-${each}`));
    expect(script.callsOf('releaseBudgets')).toEqual([]);
    slow.release();
    const { report } = await stage.awaitEnding(handle);
    expect(report.outcome).toBe('RolledBack');
    expect(report.undo.map(({ action }) => action)).toEqual([
      'uncordon node node-4',
      'uncordon node node-3',
      'uncordon node node-2',
      'delete budget default/web-pdb',
      ...[4, 3, 2, 1].map((each) => `release the lock on node node-${each}`),
    ]);
  });

  it.concurrent('undoes first all cordons, then the budgets, then all locks', async () => {
    const script = stage.createScript();
    script.wrap('cordonNode', (standard) => async (context, node) => {
      if (node.nodeName === 'node-2') throw failure('NodeChanged');
      return await standard(context, node);
    });
    const { report } = await stage.awaitEnding(await stage.startTask(script, ['node-1', 'node-2', 'node-3']));
    expect(toSortedStages(script.callsOf(...UNDO), [2, 1, 3])).toEqual([
      ['uncordonNode node-1', 'uncordonNode node-2'],
      ['releaseBudgets'],
      ['releaseNodeLock node-1', 'releaseNodeLock node-2', 'releaseNodeLock node-3'],
    ]);
    expect(report.nodes.map(({ steps }) => steps[2]?.status)).toEqual(['Undone', 'Failed', 'NotExecuted']);
  });

  it.concurrent('retries temporary failures, in the run and in its undo', async () => {
    const script = stage.createScript({ 'node-1': [target('web-1')] });
    script.fail('cordonNode', failure('ClusterUnavailable', 'no response', false), 1);
    script.fail('uncordonNode', failure('ClusterUnavailable', 'no response', false), 1);
    script.fail('evictPod', failure('EvictionRefused'));
    const { report } = await stage.awaitEnding(await stage.startTask(script, ['node-1']));
    expect(report.outcome).toBe('RolledBack');
    expect(script.callsOf('cordonNode', 'uncordonNode')).toHaveLength(4);
  });

  it.concurrent(
    'lists the commands for a node that could not be restored, and still releases budgets and lock',
    async () => {
      const script = stage.createScript({ 'node-1': [target('web-1')] });
      script.fail('evictPod', failure('EvictionRefused', 'the API server refused.'));
      script.fail('uncordonNode', failure('Forbidden', 'forbidden.'));
      const { failureType, report } = await stage.awaitEnding(await stage.startTask(script, ['node-1', 'node-2']));
      expect([failureType, report.nodes.map(({ outcome }) => outcome)]).toEqual([
        'RollbackIncomplete',
        ['RollbackIncomplete', 'RolledBack'],
      ]);
      expect(report.nodes[0]?.undo).toMatchObject([{ status: 'Failed', message: 'forbidden.' }]);
      expect(report.nodes[0]?.undo[0]?.commands).toEqual([
        'kubectl uncordon node-1',
        'kubectl annotate node node-1 --overwrite node-decommission.io/task-',
        'kubectl label node node-1 node.kubernetes.io/exclude-from-external-load-balancers-   # only if its value is 42',
      ]);
      expect(report.nodes[0]?.steps[2]?.status).toBe('Succeeded');
      expect(report.message).toContain('2 changes could not be undone; the report lists the commands to run.');
      expect(toSortedStages(script.callsOf(...UNDO).slice(-3), [1, 2])).toEqual([
        ['releaseBudgets'],
        ['releaseNodeLock node-1', 'releaseNodeLock node-2'],
      ]);
    },
  );

  it.concurrent('removes second replicas before it uncordons, whatever fails', async () => {
    const script = stage.createScript({ 'node-1': [target('web-1')] });
    script.fail('evictPod', failure('DrainTimeout', 'it failed.'));
    const run = await stage.startTask(script, ['node-1'], { singleReplica: 'surge' });
    const { report } = await stage.awaitEnding(run);
    expect(report.outcome).toBe('RolledBack');
    expect(script.callsOf('releaseSurges', 'releaseBudgets', 'releaseNodeLock')).toEqual(['releaseSurges', ...BUDGETS]);
    expect(report.undo[0]?.action).toBe('scale Deployment default/web back to one replica');
  });

  it.concurrent('lists the commands for second replicas that could not be removed', async () => {
    const script = stage.createScript({ 'node-1': [target('web-1')] });
    script
      .fail('evictPod', failure('DrainTimeout', 'it failed.'))
      .fail('releaseSurges', failure('Forbidden', 'denied.'));
    const run = await stage.startTask(script, ['node-1'], { singleReplica: 'surge' });
    const { report } = await stage.awaitEnding(run);
    expect(report.outcome).toBe('RollbackIncomplete');
    expect(report.undo[0]).toMatchObject({ status: 'Failed', commands: toSurgeCommands() });
  });

  it.concurrent('lists the commands for budgets that could not be released', async () => {
    const script = stage.createScript();
    script.fail('confirmDrained', failure('CordonLost', 'the node was uncordoned.'));
    script.fail('releaseBudgets', failure('Forbidden', 'forbidden.'));
    const { failureType, report } = await stage.awaitEnding(await stage.startTask(script, ['node-1']));
    expect(failureType).toBe('RollbackIncomplete');
    const [budgets, lock] = report.undo;
    expect(budgets?.commands).toEqual(toBudgetCommands('42', [{ namespace: 'default', name: 'web-pdb' }]));
    expect([budgets?.status, lock?.status]).toEqual(['Failed', 'Undone']);
    expect(report.nodes[0]?.steps.map(({ status }) => status).slice(0, 3)).toEqual([
      'Succeeded',
      'Succeeded',
      'Undone',
    ]);
  });

  it.concurrent('lists commands to read what is unknown: a cordon and budgets whose response was lost', async () => {
    const script = stage.createScript();
    script.fail('cordonNode', failure('Forbidden', 'no longer allowed.'));
    for (const name of UNDO) script.fail(name, failure('Forbidden', 'forbidden.'));
    const { report } = await stage.awaitEnding(await stage.startTask(script, ['node-1']));
    expect(report.undo.map(({ commands }) => commands)).toEqual([
      toNodeCommands('node-1', '42', undefined),
      toBudgetCommands('42', [{ namespace: 'default', name: 'web-pdb' }]),
      [`node-decommission unlock node-1 --cluster ${script.cluster} --reason 'task 42 has ended'`],
    ]);
  });

  it.concurrent('names no budget that may not exist', async () => {
    const script = stage.createScript();
    script.fail('protectWorkloads', failure('BudgetNotObserved', 'not processed.'));
    script.fail('releaseBudgets', failure('Forbidden', 'forbidden.'));
    const { report } = await stage.awaitEnding(await stage.startTask(script, ['node-1']));
    expect(report.undo[0]?.commands).toEqual(toBudgetCommands('42', []));
  });

  it.concurrent('reports what was kept because another client changed it', async () => {
    const script = stage.createScript();
    script.fail('confirmDrained', failure('CordonLost', 'the node was uncordoned.'));
    script.wrap(
      'uncordonNode',
      () => () =>
        Promise.resolve({ action: 'uncordon node node-1', status: 'Kept', message: 'the node was uncordoned' }),
    );
    const { report } = await stage.awaitEnding(await stage.startTask(script, ['node-1']));
    expect(report.message).toBe(
      'node node-1: the node was uncordoned. All changes were undone. Changes by other clients kept: 1.',
    );
  });
});
