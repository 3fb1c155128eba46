import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LOCK_ANNOTATION, POINT_OF_NO_RETURN_ANNOTATION } from '../../src/domain/cluster/annotations.ts';
import type { Leftover } from '../../src/domain/janitor/leftover.ts';
import { toNodeWorkflowId, toTaskWorkflowId } from '../../src/domain/run/workflow-ids.ts';
import { awaitCondition } from '../../stack/processes/await-condition.ts';
import { awaitRunningWorkflows } from './harness/await-running-workflows.ts';
import { blockRequests, nodeDeletion, type RequestBlock } from './harness/blocked-requests.ts';
import { toVolumeAttachmentPath } from './harness/attached-volume.ts';
import { hasFailedDeletion, volumeScene } from './harness/cancel-scenes.ts';
import { awaitClosing } from './harness/closing.ts';
import { startHarness, type Harness, type Run } from './harness/harness.ts';
import { startObjectWatch, type ObjectWatch } from './harness/object-watch.ts';
import { awaitStep } from './harness/progress.ts';
import { setScenes } from './harness/scene.ts';

const RESET = 'reset';
const ENDED = 'ended';
const LEFT = 'left';
const NODES = [RESET, ENDED, LEFT];

/** Each task is interrupted while the API server does not respond clearly to the deletion of its Node. */
describe('a task that is interrupted while its Node is being deleted', () => {
  let harness: Harness;
  let watch: ObjectWatch;
  const runs = new Map<string, Run>();
  const blocks = new Map<string, RequestBlock>();

  const toRequest = (nodeName: string) => ({ nodeNames: [nodeName], taskId: nodeName, hostCleanup: 'skip' });
  const start = (nodeName: string): Promise<Run> =>
    harness.start(toRequest(nodeName), { workflowId: toTaskWorkflowId('default', nodeName) });

  beforeAll(async () => {
    harness = await startHarness();
    await Promise.all([
      harness.startWorker(),
      setScenes(
        harness.stack,
        NODES.map((name) => volumeScene(name)),
      ),
    ]);
    watch = await startObjectWatch(harness.stack, 'nodes', '/api/v1/nodes');
    await Promise.all(NODES.map(blockDeletion));
  });

  afterAll(async () => {
    await watch.stop();
    await harness.stop();
  });

  /** Its workflow is past the point of no return, and the deletion is retried. */
  const blockDeletion = async (nodeName: string): Promise<void> => {
    const { stack } = harness;
    const run = await start(nodeName);
    runs.set(nodeName, run);
    await awaitStep(harness, run, nodeName, 'detach');
    const mark = stack.markAudit();
    blocks.set(nodeName, await blockRequests(stack, nodeDeletion(nodeName, { exceptTrials: true })));
    await stack.api.delete(toVolumeAttachmentPath(nodeName));
    await awaitStep(harness, run, nodeName, 'deleteNode');
    await awaitCondition('a deletion was tried', () => hasFailedDeletion(harness, nodeName, mark), {
      intervalMilliseconds: 500,
    });
  };

  const isThere = async (nodeName: string): Promise<boolean> =>
    (await harness.stack.api.find(`/api/v1/nodes/${nodeName}`)) !== undefined;

  /** From the record of its point of no return to its deletion. */
  const readStates = (nodeName: string): readonly string[] => {
    const seen = watch.events().filter(({ object }) => object.metadata.name === nodeName);
    const passed = seen.findIndex(({ object }) => POINT_OF_NO_RETURN_ANNOTATION in (object.metadata.annotations ?? {}));
    expect(passed).toBeGreaterThan(0);
    const states = seen.slice(passed).map(({ object }) => {
      const isLocked = LOCK_ANNOTATION in (object.metadata.annotations ?? {});
      return `${object.spec?.['unschedulable'] === true ? 'cordoned' : 'schedulable'}, ${isLocked ? 'locked' : 'unlocked'}`;
    });
    return [...new Set(states)];
  };

  const awaitAdoption = async (run: Pick<Run, 'query'>): Promise<void> => {
    await awaitCondition('it waits for the workflow of its node', async () => {
      const { message } = await run.query<{ readonly message: string }>('status');
      return message.includes('which an earlier run of this task has started');
    });
  };

  const resetToStart = async ({ workflowId }: Run): Promise<string> => {
    const { client } = harness;
    const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
    const first = events?.find(({ workflowTaskCompletedEventAttributes }) => workflowTaskCompletedEventAttributes);
    const { runId } = await client.workflow.getHandle(workflowId).describe();
    const reset = await client.workflowService.resetWorkflowExecution({
      namespace: client.options.namespace,
      workflowExecution: { workflowId, runId },
      workflowTaskFinishEventId: first!.eventId!,
      requestId: randomUUID(),
      reason: 'by mistake',
    });
    return reset.runId;
  };

  it('adopts its own workflow of the node when it is reset', async () => {
    const { workflowId } = runs.get(RESET)!;
    const runId = await resetToStart(runs.get(RESET)!);
    const run = harness.client.workflow.getHandle(workflowId, runId);
    await awaitAdoption(run);
    expect(await isThere(RESET)).toBe(true);
    await blocks.get(RESET)!.release();
    expect(await awaitClosing(run)).toMatchObject({ status: 'Completed', report: { outcome: 'Decommissioned' } });
    expect(await isThere(RESET)).toBe(false);
    expect(readStates(RESET)).toEqual(['cordoned, locked']);
  });

  it('adopts it when the task is terminated and the same request is started again', async () => {
    await runs.get(LEFT)!.terminate('by mistake');
    const run = await start(LEFT);
    await awaitAdoption(run);
    await blocks.get(LEFT)!.release();
    expect(await awaitClosing(run)).toMatchObject({ status: 'Completed', report: { outcome: 'Decommissioned' } });
    expect(readStates(LEFT)).toEqual(['cordoned, locked']);
  });

  it('is completed by the same request when both workflows are terminated; the janitor undoes nothing', async () => {
    await runs.get(ENDED)!.terminate('by mistake');
    await harness.client.workflow.getHandle(toNodeWorkflowId('default', ENDED)).terminate('by mistake');
    await awaitRunningWorkflows(harness, 0);
    const { stdout } = await harness.runCli(['janitor', '-o', 'json']);
    const { leftovers } = JSON.parse(stdout) as { readonly leftovers: readonly Leftover[] };
    const found = leftovers.filter(({ object }) => object === `Node ${ENDED}`);
    expect(found).toMatchObject([{ what: 'its cordon and annotations and its lock', task: 'closed', commands: [] }]);
    expect(found[0]?.stays).toContain('Start the same request again');
    const undo = await harness.runCli(['janitor', ENDED, '--undo', '--yes']);
    expect(undo).toMatchObject({
      exitCode: 4,
      stdout: expect.stringContaining('Start the same request again') as unknown,
    });

    await blocks.get(ENDED)!.release();
    const run = await start(ENDED);
    const { status, report } = await awaitClosing(run);
    expect([status, report.outcome]).toEqual(['Completed', 'Decommissioned']);
    expect(await isThere(ENDED)).toBe(false);
    expect(readStates(ENDED)).toEqual(['cordoned, locked']);
  });
});
