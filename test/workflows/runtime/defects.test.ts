import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { target, type ActivityName } from '../task-script.ts';
import { TEST_TIMEOUT_MILLISECONDS, WorkflowHarness } from '../workflow-harness.ts';

const UNDO = ['uncordonNode', 'releaseBudgets', 'releaseNodeLock'] as const;

jest.setTimeout(TEST_TIMEOUT_MILLISECONDS);
const stage = await WorkflowHarness.open();
afterAll(() => stage.close());

describe('an activity result that the workflows cannot read, as during a bad rollout', () => {
  const rows: readonly (readonly [ActivityName, 'task' | 'node'])[] = [
    ['checkRequest', 'task'],
    ['acceptRequest', 'task'],
    ['planTask', 'task'],
    ['protectWorkloads', 'task'],
    ['cordonNode', 'task'],
    ['takeTurns', 'task'],
    ['readDrainState', 'node'],
    ['evictPod', 'node'],
    ['awaitVolumesDetached', 'node'],
    ['deleteNode', 'node'],
  ];
  it.concurrent.each(rows)(
    'of %s fails the workflow task of the %s: the run stays open, nothing is undone',
    async (name, where) => {
      const script = stage.createScript({ 'node-1': [target('web-1')] });
      script.takesTurns = name === 'takeTurns';
      script.wrap(name, () => () => Promise.resolve(undefined as never));
      const handle = await stage.startTask(script, ['node-1']);
      const child = stage.childOf(script, 'node-1');
      await stage.awaitHistory(where === 'task' ? handle : child, 'EVENT_TYPE_WORKFLOW_TASK_FAILED');
      expect((await handle.describe()).status.name).toBe('RUNNING');
      expect(script.callsOf(...UNDO)).toEqual([]);
      await handle.terminate('the test is over');
      if (where === 'node') await child.terminate('the test is over');
    },
  );
});
