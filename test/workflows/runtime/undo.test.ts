import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { toBudgetCommands, toNodeCommands } from '../../../src/domain/node/repair-commands.ts';
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
  it.concurrent.each(failing)(
    'puts back what %s leaves behind when it fails with %s',
    async (name, type, failedStep, undo) => {
      const script = stage.createScript({ 'node-1': [target('web-1', { volumeNames: ['pv-1'] })] });
      script.fail(name, failure(type, 'that went wrong.'));
      const { closedAs, failureType, report } = await stage.awaitEnding(await stage.startTask(script, ['node-1']));
      expect([closedAs, failureType, report.outcome]).toEqual(['FAILED', 'RolledBack', 'RolledBack']);
      expect(report.failure?.type).toBe(type);
      expect(report.nodes[0]?.failedStep).toBe(failedStep);
      expect(script.callsOf(...UNDO)).toEqual(undo);
      expect(script.calls.at(-1)?.split(' ')[0]).toBe(undo.length === 0 ? name : 'releaseNodeLock');
    },
  );

  it.concurrent('undoes several nodes in reverse order of registration', async () => {
    const script = stage.createScript();
    script.wrap('cordonNode', (standard) => async (context, node) => {
      if (node.nodeName === 'node-2') throw failure('NodeChanged');
      return await standard(context, node);
    });
    const { report } = await stage.awaitEnding(await stage.startTask(script, ['node-1', 'node-2', 'node-3']));
    expect(script.callsOf(...UNDO)).toEqual([
      'uncordonNode node-2',
      'uncordonNode node-1',
      'releaseBudgets',
      'releaseNodeLock node-3',
      'releaseNodeLock node-2',
      'releaseNodeLock node-1',
    ]);
    expect(report.nodes.map(({ steps }) => steps[2]?.status)).toEqual(['Undone', 'Failed', 'NotExecuted']);
  });

  it.concurrent('tries again what fails for a while, forward and back', async () => {
    const script = stage.createScript({ 'node-1': [target('web-1')] });
    script.fail('cordonNode', failure('ClusterUnavailable', 'no answer', false), 1);
    script.fail('uncordonNode', failure('ClusterUnavailable', 'no answer', false), 1);
    script.fail('evictPod', failure('EvictionRefused'));
    const { report } = await stage.awaitEnding(await stage.startTask(script, ['node-1']));
    expect(report.outcome).toBe('RolledBack');
    expect(script.callsOf('cordonNode', 'uncordonNode')).toHaveLength(4);
  });

  it.concurrent(
    'names the commands for a node that could not be put back, and still lets go of budgets and lock',
    async () => {
      const script = stage.createScript({ 'node-1': [target('web-1')] });
      script.fail('evictPod', failure('EvictionRefused', 'the API server says no.'));
      script.fail('uncordonNode', failure('Forbidden', 'we may not.'));
      const { failureType, report } = await stage.awaitEnding(await stage.startTask(script, ['node-1', 'node-2']));
      expect([failureType, report.nodes.map(({ outcome }) => outcome)]).toEqual([
        'RollbackIncomplete',
        ['RollbackIncomplete', 'RolledBack'],
      ]);
      expect(report.nodes[0]?.undo).toMatchObject([{ status: 'Failed', message: 'we may not.' }]);
      expect(report.nodes[0]?.undo[0]?.commands).toEqual([
        'kubectl uncordon node-1',
        'kubectl annotate node node-1 --overwrite node-decommission.io/task-',
      ]);
      expect(report.nodes[0]?.steps[2]?.status).toBe('Succeeded');
      expect(report.message).toContain('2 things could not be put back; the report has the commands.');
      expect(script.callsOf(...UNDO).slice(-3)).toEqual([
        'releaseBudgets',
        'releaseNodeLock node-2',
        'releaseNodeLock node-1',
      ]);
    },
  );

  it.concurrent('names the commands for budgets that could not be let go', async () => {
    const script = stage.createScript();
    script.fail('confirmDrained', failure('CordonLost', 'somebody uncordoned it.'));
    script.fail('releaseBudgets', failure('Forbidden', 'we may not.'));
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

  it.concurrent('tells how to read what is not known: a cordon and budgets whose answer was lost', async () => {
    const script = stage.createScript();
    script.fail('cordonNode', failure('Forbidden', 'we may not any more.'));
    for (const name of UNDO) script.fail(name, failure('Forbidden', 'we may not.'));
    const { report } = await stage.awaitEnding(await stage.startTask(script, ['node-1']));
    expect(report.undo.map(({ commands }) => commands)).toEqual([
      toNodeCommands('node-1', '42', undefined),
      toBudgetCommands('42', [{ namespace: 'default', name: 'web-pdb' }]),
      [`node-decommission unlock node-1 --cluster ${script.cluster} --reason 'task 42 is over'`],
    ]);
  });

  it.concurrent('names no budget that is not known to be there', async () => {
    const script = stage.createScript();
    script.fail('protectWorkloads', failure('BudgetNotObserved', 'not taken up.'));
    script.fail('releaseBudgets', failure('Forbidden', 'we may not.'));
    const { report } = await stage.awaitEnding(await stage.startTask(script, ['node-1']));
    expect(report.undo[0]?.commands).toEqual(toBudgetCommands('42', []));
  });

  it.concurrent("says what was kept because it is somebody else's now", async () => {
    const script = stage.createScript();
    script.fail('confirmDrained', failure('CordonLost', 'somebody uncordoned it.'));
    script.wrap(
      'uncordonNode',
      () => () =>
        Promise.resolve({ action: 'uncordon node node-1', status: 'Kept', message: 'somebody uncordoned it' }),
    );
    const { report } = await stage.awaitEnding(await stage.startTask(script, ['node-1']));
    expect(report.message).toBe(
      'node node-1: somebody uncordoned it. Everything of ours is put back. 1 changes of others were kept.',
    );
  });
});
