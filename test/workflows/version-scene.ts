import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import proto from '@temporalio/proto';
import { checkWorkerVersions } from '../../src/cli/doctor/check-worker-versions.ts';
import { NoWorkerError } from '../../src/client/decommission-error.ts';
import { readQueueWorkers } from '../../src/client/queue-workers.ts';
import { readJoinedStatus } from '../../src/client/read-status.ts';
import { TASK_QUEUE, toTaskWorkflowId } from '../../src/domain/run/workflow-ids.ts';
import { awaitCondition } from '../../stack/processes/await-condition.ts';
import { target, type Held, type TaskScript } from './task-script.ts';
import type { WorkflowHarness } from './workflow-harness.ts';

const { VersioningBehavior } = proto.temporal.api.enums.v1;

const DEPLOYMENT = 'drains';
const [OLD, NEW] = ['build-1', 'build-2'] as const;

interface StartedTask {
  readonly task: WorkflowHandle;
  /** The workflow of its first node. */
  readonly node: WorkflowHandle;
  /** The eviction that its first node waits for. */
  readonly held: Held;
}

/**
 * Workers of two builds at once: runs that have begun with the old one while the new one becomes current. `upgradesTasks`: the server moves a
 * task that continues as new to the current version.
 */
export const itKeepsRunsOnTheirVersion = (
  open: () => Promise<WorkflowHarness>,
  { upgradesTasks }: { readonly upgradesTasks: boolean },
): void => {
  let stage: WorkflowHarness;
  let script: TaskScript;
  let stopOld: () => Promise<void>;
  let stays: StartedTask;
  let moves: StartedTask;
  let continues: StartedTask;

  beforeAll(async () => {
    stage = await open();
    const blocked = ['stays', 'moves', 'continues'];
    script = stage.createScript(Object.fromEntries(blocked.map((name) => [name, [target(`pod-of-${name}`)]])));
    stopOld = await startBuild(OLD);
  });

  afterAll(async () => {
    await stage.close();
  });

  const startBuild = async (buildId: string): Promise<() => Promise<void>> =>
    await stage.startBuild({ deploymentName: DEPLOYMENT, buildId }, [script]);

  const startBlocked = async (...nodeNames: readonly [string, ...string[]]): Promise<StartedTask> => {
    const [first] = nodeNames;
    const held = script.holdUntilCancelled('evictPod', `pod-of-${first}`);
    return { held, task: await startTask(...nodeNames), node: stage.childOf(script, first) };
  };

  /** Returns a handle of whichever run of the task is the newest. */
  const startTask = async (...nodeNames: readonly [string, ...string[]]): Promise<WorkflowHandle> => {
    const { cluster } = script;
    const [taskId] = nodeNames;
    const workflowId = toTaskWorkflowId(cluster, taskId);
    await stage.client.workflow.start('decommissionNodes', {
      taskQueue: TASK_QUEUE,
      workflowId,
      args: [{ nodeNames, taskId, cluster, hostCleanup: 'skip' }],
    });
    return stage.client.workflow.getHandle(workflowId);
  };

  /**
   * Refused until the server has seen its workers on every task queue. The queues of the test's servers have one partition, or the server answers
   * only when all have it. Version 1.31 does not always report the end (temporalio/temporal#11842), so its `routingConfigUpdateState` is not read.
   */
  const setCurrent = async (buildId: string): Promise<void> => {
    const { namespace } = stage.client.options;
    const { workflowService } = stage.client;
    await awaitCondition(`${buildId} is current`, async () => {
      try {
        await workflowService.setWorkerDeploymentCurrentVersion({ namespace, deploymentName: DEPLOYMENT, buildId });
      } catch {
        return false;
      }
      const clusters = [undefined, script.cluster];
      const queues = await Promise.all(clusters.map((cluster) => readQueueWorkers(stage.client, cluster)));
      return queues.every(({ current }) => current?.buildId === buildId);
    });
  };

  /** Build ids of the workers that have run workflow tasks and activities of this run, in order. */
  const readBuilds = async (handle: WorkflowHandle): Promise<readonly string[]> => {
    const { events } = await handle.fetchHistory();
    const identities = (events ?? []).flatMap((event) => [
      event.workflowTaskStartedEventAttributes?.identity ?? '',
      event.activityTaskStartedEventAttributes?.identity ?? '',
    ]);
    return [...new Set(identities.filter((identity) => identity !== ''))];
  };

  const readBuildsOf = async ({ task, node }: StartedTask): Promise<readonly (readonly string[])[]> =>
    await Promise.all([task, node].map(readBuilds));

  const move = async ({ workflowId }: WorkflowHandle): Promise<void> => {
    await stage.client.workflowService.updateWorkflowExecutionOptions({
      namespace: stage.client.options.namespace,
      workflowExecution: { workflowId },
      workflowExecutionOptions: {
        versioningOverride: { autoUpgrade: true, behavior: VersioningBehavior.VERSIONING_BEHAVIOR_AUTO_UPGRADE },
      },
      updateMask: { paths: ['versioning_override'] },
    });
  };

  it('names the command that makes a version current while none is, instead of waiting in silence', async () => {
    stays = await startBlocked('stays');
    await awaitCondition('its workers poll', async () => (await readQueueWorkers(stage.client)).workers.length > 0);
    const command =
      `temporal worker deployment set-current-version --namespace ${stage.client.options.namespace} ` +
      '--deployment-name drains --build-id build-1';
    const status = await readJoinedStatus(stage.client, stays.task.workflowId).catch((error: unknown) => error);
    expect(status).toBeInstanceOf(NoWorkerError);
    expect((status as Error).message).toContain(command);
    const [check] = await checkWorkerVersions(stage.client, await readQueueWorkers(stage.client));
    expect(check).toMatchObject({ ok: false, remedy: expect.stringContaining(command) });
  });

  it('begins runs with the current version', async () => {
    await setCurrent(OLD);
    [moves, continues] = await Promise.all([startBlocked('moves'), startBlocked('continues', 'next')]);
    for (const started of [stays, moves, continues]) {
      await started.held.reached;
      expect(await readBuildsOf(started)).toEqual([[OLD], [OLD]]);
    }
  });

  it('begins new runs with the new version once it is current', async () => {
    await startBuild(NEW);
    await setCurrent(NEW);
    const task = await startTask('new');
    expect((await stage.awaitEnding(task)).report.outcome).toBe('Decommissioned');
    expect(await readBuilds(task)).toEqual([NEW]);
    expect(await readBuilds(stage.childOf(script, 'new'))).toEqual([NEW]);
    const ofOld = `TemporalWorkerDeploymentVersion = '${DEPLOYMENT}:${OLD}' AND ExecutionStatus = 'Running'`;
    await awaitCondition('open runs are listed by their version', async () => {
      const { count } = await stage.client.workflow.count(ofOld);
      return count === 6;
    });
    const [check] = await checkWorkerVersions(stage.client, await readQueueWorkers(stage.client));
    expect(check).toMatchObject({
      ok: true,
      message: 'drains:build-2 is current; drains:build-1 is draining: open runs are pinned to it, so keep its workers',
    });
  });

  const ofTask = upgradesTasks ? NEW : OLD;
  it(`keeps a node on its version, and its task ${upgradesTasks ? 'until it continues as new' : 'too'}`, async () => {
    const { runId } = await continues.task.describe();
    continues.held.release();
    const { report } = await stage.awaitEnding(continues.task);
    expect(report.nodes.map(({ outcome }) => outcome)).toEqual(['Decommissioned', 'Decommissioned']);
    expect(await readBuilds(stage.client.workflow.getHandle(continues.task.workflowId, runId))).toEqual([OLD]);
    expect(await readBuildsOf(continues)).toEqual([[ofTask], [OLD]]);
    expect(await readBuilds(stage.childOf(script, 'next'))).toEqual([ofTask]);
  });

  it('lets an operator move a run to the current version when no worker of its own is left', async () => {
    await stopOld();
    await Promise.all([moves.task, moves.node].map(move));
    expect((await stage.awaitEnding(moves.task)).report.outcome).toBe('Decommissioned');
    expect(await readBuildsOf(moves)).toEqual([
      [OLD, NEW],
      [OLD, NEW],
    ]);
  });

  it('continues a run with workers of its own version when they are started again', async () => {
    await startBuild(OLD);
    const { report } = await stage.awaitEnding(stays.task);
    expect(report.outcome).toBe('Decommissioned');
    expect(await readBuildsOf(stays)).toEqual([[ofTask], [OLD]]);
  });
};
