import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { STEP_NAMES, type NodeReport } from '../../src/domain/report.ts';
import { target, failure } from './task-script.ts';
import { WorkflowStage } from './workflow-stage.ts';

const stepsOf = (node: NodeReport | undefined): Record<string, string> =>
  Object.fromEntries((node?.steps ?? []).map(({ name, status }) => [name, status]));

describe('decommissionNodes', () => {
  let stage: WorkflowStage;
  beforeAll(async () => {
    stage = await WorkflowStage.open();
  }, 60_000);
  afterAll(() => stage.close());

  it('walks one node through all steps in order', async () => {
    const script = stage.createScript({ 'node-1': [target('web-1', { volumeNames: ['pv-1'] })] });
    const { closedAs, report } = await stage.awaitEnding(await stage.startTask(script, ['node-1']));
    expect(closedAs).toBe('COMPLETED');
    expect(script.calls).toEqual([
      'acceptRequest',
      'planTask',
      'acquireNodeLock node-1',
      'protectWorkloads node-1',
      'cordonNode node-1',
      'readDrainState node-1',
      'protectWorkloads node-1',
      'evictPod web-1',
      'readDrainState node-1',
      'readDrainState node-1',
      'awaitVolumesDetached node-1',
      'confirmDrained node-1',
      'deleteNode node-1',
      'awaitNodeStaysGone node-1',
      'releaseBudgets',
    ]);
    expect(report.outcome).toBe('Decommissioned');
    expect(report.nodes[0]?.steps.map(({ name }) => name)).toEqual(STEP_NAMES);
    expect(stepsOf(report.nodes[0])).toMatchObject({
      preflight: 'Succeeded',
      stopKubelet: 'Skipped',
      finish: 'Succeeded',
    });
    expect(failure('x')).toBeInstanceOf(Error);
  });
});
