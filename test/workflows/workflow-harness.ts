import { randomUUID } from 'node:crypto';
import type { Client, WorkflowHandle, WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure, WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import proto from '@temporalio/proto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker, type WorkerOptions, type WorkflowBundlePath } from '@temporalio/worker';
import { awaitNodeWorkflow } from '../../src/activities/node/await-node-workflow.ts';
import {
  TASK_QUEUE,
  toClusterQueue,
  toNodeWorkflowId,
  toTaskWorkflowId,
  toWaitsQueue,
} from '../../src/domain/run/workflow-ids.ts';
import type { WorkerVersion } from '../../src/domain/run/worker-version.ts';
import type { DecommissionReport, NodeReport } from '../../src/domain/run/report.ts';
import type { RunStatus } from '../../src/domain/run/status.ts';
import { toVersionOptions } from '../../src/worker/worker-options.ts';
import { createWorkflowDirectory } from '../../src/worker/workflow-directory.ts';
import { ensureBuiltPackage } from '../../stack/package/built-package.ts';
import { isTransient } from '../e2e/harness/query-patiently.ts';
import { dispatchToScripts } from './dispatch-to-scripts.ts';
import { IDENTITY, openEnvironment, type HarnessOptions } from './open-environment.ts';
import { TaskScript } from './task-script.ts';
import { toTaskFailures, toWorkflowTasks, type HistoryEvent, type WorkflowTask } from './workflow-tasks.ts';

const { EventType } = proto.temporal.api.enums.v1;

type EventName = Extract<keyof typeof EventType, string>;

/** Tests of one file run concurrently: they wait for the server most of the time. */
export const TEST_TIMEOUT_MILLISECONDS = 240_000;

const POLL_MILLISECONDS = 150;
/** A machine whose processors others use takes several times as long. */
const PATIENCE_MILLISECONDS = 90_000;
const TASK_ID = '42';

/** How a workflow closed. */
export interface Ending<Report = DecommissionReport> {
  readonly closedAs: string;
  /** Type of the failure, if it failed. */
  readonly failureType?: string | undefined;
  readonly report: Report;
}

export interface ScheduledActivity {
  readonly name: string;
  readonly activityId: string;
  readonly taskQueue: string;
  /** 0 = no limit. */
  readonly maximumAttempts: number;
  readonly summary: string;
}

/** The production code of the workflows and the converter that it reads its payloads with, bundled as in the published package. */
export const bundleWorkflows = async (): Promise<WorkflowBundlePath> => ({
  codePath: (await ensureBuiltPackage()).workflowBundlePath,
});

/** A dev server and workers with the real workflows and scripted activities: one for each test file. */
export class WorkflowHarness {
  readonly #environment: TestWorkflowEnvironment;
  readonly #workflowBundle: WorkflowBundlePath;
  /** Until they are stopped. */
  readonly #running = new Map<Worker, Promise<void>>();
  readonly #scripts = new Map<string, TaskScript>();
  /** By cluster. */
  readonly #served = new Map<string, Promise<readonly Worker[]>>();

  private constructor(environment: TestWorkflowEnvironment, workflowBundle: WorkflowBundlePath) {
    this.#environment = environment;
    this.#workflowBundle = workflowBundle;
  }

  static async open(options: HarnessOptions = {}): Promise<WorkflowHarness> {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    const [environment, workflowBundle] = await Promise.all([openEnvironment(options), bundleWorkflows()]);
    const harness = new WorkflowHarness(environment, workflowBundle);
    if (options.startsWorker !== false) await harness.#startWorker(TASK_QUEUE, { workflowBundle });
    return harness;
  }

  async close(): Promise<void> {
    for (const script of this.#scripts.values()) script.releaseAll();
    await this.#stop([...this.#running.keys()]);
    await this.#environment.teardown();
  }

  async #startWorker(taskQueue: string, options: Partial<WorkerOptions>): Promise<Worker> {
    const worker = await Worker.create({
      connection: this.#environment.nativeConnection,
      namespace: this.client.options.namespace,
      taskQueue,
      identity: IDENTITY,
      activities: dispatchToScripts(this.#scripts),
      maxHeartbeatThrottleInterval: '50ms',
      defaultHeartbeatThrottleInterval: '50ms',
      shutdownForceTime: '10s',
      maxConcurrentActivityTaskExecutions: 1000,
      ...options,
    });
    this.#running.set(worker, worker.run());
    return worker;
  }

  async #stop(workers: readonly Worker[]): Promise<void> {
    for (const worker of workers) worker.shutdown();
    await Promise.all(workers.map(async (worker) => await this.#running.get(worker)));
    for (const worker of workers) this.#running.delete(worker);
  }

  /**
   * Starts the workers of one build of a Worker Deployment, for the workflows and these clusters; its identity is its build id. Returns a
   * function that stops them.
   */
  async startBuild(version: WorkerVersion, scripts: readonly TaskScript[]): Promise<() => Promise<void>> {
    const options = { ...toVersionOptions(version), identity: version.buildId };
    const queues = scripts.flatMap(({ cluster }) => [toClusterQueue(cluster), toWaitsQueue(cluster)]);
    const started = await Promise.all([
      this.#startWorker(TASK_QUEUE, { ...options, workflowBundle: this.#workflowBundle }),
      ...queues.map((queue) => this.#startWorker(queue, { ...options, maxConcurrentActivityTaskPolls: 2 })),
    ]);
    return async () => {
      await this.#stop(started);
    };
  }

  /** Starts the workers of the script's cluster, as its configuration makes a real worker do. Idempotent. */
  async serve({ cluster }: TaskScript): Promise<void> {
    const served =
      this.#served.get(cluster) ??
      Promise.all(
        [toClusterQueue(cluster), toWaitsQueue(cluster)].map((taskQueue) =>
          this.#startWorker(taskQueue, { maxConcurrentActivityTaskPolls: 2 }),
        ),
      );
    this.#served.set(cluster, served);
    await served;
  }

  /** Stops these workers: a server has a limit for all pollers of a namespace, which hundreds of scripts exceed. */
  async leave(script: TaskScript): Promise<void> {
    script.releaseAll();
    await this.#stop((await this.#served.get(script.cluster)) ?? []);
  }

  get client(): Client {
    return this.#environment.client;
  }

  /** A script with a cluster of its own, in which everything succeeds. */
  createScript(
    podsByNode: Readonly<Record<string, TaskScript['pods'] extends Map<string, infer Pods> ? Pods : never>> = {},
  ): TaskScript {
    const script = new TaskScript(`cluster-${this.#scripts.size + 1}`);
    for (const [nodeName, pods] of Object.entries(podsByNode)) script.pods.set(nodeName, pods);
    script.wrap('awaitNodeWorkflow', () => awaitNodeWorkflow({ directory: createWorkflowDirectory(this.client) }));
    this.#scripts.set(script.cluster, script);
    return script;
  }

  /** Starts a task over these nodes of the script's cluster. */
  async startTask(
    script: TaskScript,
    nodeNames: readonly string[],
    request: Readonly<Record<string, unknown>> = {},
  ): Promise<WorkflowHandleWithFirstExecutionRunId> {
    return await this.startRaw(script, 'decommissionNodes', [
      { nodeNames, taskId: TASK_ID, cluster: script.cluster, hostCleanup: 'skip', ...request },
    ]);
  }

  /** Resets a workflow to its first workflow task; returns the new run. */
  async resetToStart(handle: WorkflowHandle): Promise<WorkflowHandle> {
    return await this.resetTo(handle, 0);
  }

  /** The same to any workflow task, by its index; beyond the last one: to that one. */
  async resetTo({ workflowId }: WorkflowHandle, index: number): Promise<WorkflowHandle> {
    const { runId } = await this.client.workflow.getHandle(workflowId).describe();
    const tasks = await this.readWorkflowTasks(this.client.workflow.getHandle(workflowId, runId));
    const reset = await this.client.workflowService.resetWorkflowExecution({
      namespace: this.client.options.namespace,
      workflowExecution: { workflowId, runId },
      workflowTaskFinishEventId: tasks[Math.min(index, tasks.length - 1)]!.eventId,
      requestId: randomUUID(),
      reason: 'test',
    });
    return this.client.workflow.getHandle(workflowId, reset.runId);
  }

  /** The completed workflow tasks of the newest run, in order. */
  async readWorkflowTasks(handle: WorkflowHandle): Promise<readonly WorkflowTask[]> {
    const { events } = await handle.fetchHistory();
    return toWorkflowTasks(events ?? []);
  }

  /** Starts `decommissionNode` without a task, under the id that a task would give it. */
  async startByItself(
    script: TaskScript,
    nodeName: string,
    request: Readonly<Record<string, unknown>> = {},
  ): Promise<WorkflowHandle> {
    await this.serve(script);
    return await this.client.workflow.start('decommissionNode', {
      taskQueue: TASK_QUEUE,
      workflowId: toNodeWorkflowId(script.cluster, nodeName),
      args: [{ nodeNames: [nodeName], taskId: TASK_ID, cluster: script.cluster, hostCleanup: 'skip', ...request }],
    });
  }

  /** Starts any workflow type with any arguments. */
  async startRaw(
    script: TaskScript,
    workflowType: string,
    args: unknown[],
  ): Promise<WorkflowHandleWithFirstExecutionRunId> {
    const workflowId = toTaskWorkflowId(script.cluster, TASK_ID);
    if (script.isServed) await this.serve(script);
    return await this.client.workflow.start(workflowType, { taskQueue: TASK_QUEUE, workflowId, args });
  }

  /** The child workflow that decommissions one node of the script's cluster. */
  childOf(script: TaskScript, nodeName: string): WorkflowHandle {
    return this.client.workflow.getHandle(toNodeWorkflowId(script.cluster, nodeName));
  }

  async readChildReport(script: TaskScript, nodeName: string): Promise<NodeReport> {
    return (await this.awaitClosing<NodeReport>(this.childOf(script, nodeName))).report;
  }

  /** The workflow of the script's task: its newest run. */
  taskOf(script: TaskScript): WorkflowHandle {
    return this.client.workflow.getHandle(toTaskWorkflowId(script.cluster, TASK_ID));
  }

  /** Waits until the newest run of this workflow is closed, if there is one. A server that is busy is asked again. */
  async awaitClosed(workflowId: string): Promise<void> {
    const readState = async (): Promise<string> => {
      try {
        return (await this.client.workflow.getHandle(workflowId).describe()).status.name;
      } catch (error) {
        return error instanceof WorkflowNotFoundError ? 'NOT_FOUND' : 'UNKNOWN';
      }
    };
    await this.await(async () => !['RUNNING', 'UNKNOWN'].includes(await readState()), `the end of ${workflowId}`);
  }

  /** Waits for the close, and reads the report from the result, the failure or the memo. */
  awaitEnding(handle: WorkflowHandle): Promise<Ending> {
    return this.awaitClosing<DecommissionReport>(handle);
  }

  /** The same for any workflow. */
  async awaitClosing<Report>(handle: WorkflowHandle): Promise<Ending<Report>> {
    try {
      const report = (await handle.result()) as Report;
      return { closedAs: 'COMPLETED', report };
    } catch (error) {
      if (!(error instanceof WorkflowFailedError)) throw error;
      const { status, memo } = await handle.describe();
      const { cause } = error;
      if (cause instanceof CancelledFailure) return { closedAs: status.name, report: memo?.['report'] as Report };
      if (!(cause instanceof ApplicationFailure)) throw error;
      return {
        closedAs: status.name,
        failureType: cause.type ?? undefined,
        report: cause.details?.[0] as Report,
      };
    }
  }

  /** How many events of this type the newest run has; 0 when there is no run yet. */
  async countEvents(handle: WorkflowHandle, eventName: EventName): Promise<number> {
    return (await this.#readEvents(handle)).filter(({ eventType }) => eventType === EventType[eventName]).length;
  }

  /** None as long as it does not exist. */
  async #readEvents(handle: WorkflowHandle): Promise<readonly HistoryEvent[]> {
    const { events } = await handle.fetchHistory().catch(() => ({ events: [] }));
    return events ?? [];
  }

  /** Waits until the history of the newest run has this many events of this type. */
  async awaitHistory(handle: WorkflowHandle, eventName: EventName, count = 1): Promise<void> {
    await this.await(
      async () => (await this.countEvents(handle, eventName)) >= count,
      `${count} events ${eventName} in ${handle.workflowId}`,
    );
  }

  /** The same, and the workflow has processed all of them: its next commands do not depend on later events. */
  async awaitSettled(handle: WorkflowHandle, eventName: EventName, count = 1): Promise<void> {
    await this.awaitHistory(handle, eventName, count);
    await this.await(async () => {
      const { events } = await handle.fetchHistory();
      return events?.at(-1)?.eventType === EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED;
    }, `a settled ${handle.workflowId}`);
  }

  /** Attributes of the activities that the newest run has scheduled, in order, with summaries. */
  async readScheduled(handle: WorkflowHandle): Promise<readonly ScheduledActivity[]> {
    const { events } = await handle.fetchHistory();
    return (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: scheduled, userMetadata }) => {
      if (!scheduled) return [];
      const summary = Buffer.from(userMetadata?.summary?.data ?? []).toString();
      return [
        {
          name: scheduled.activityType!.name!,
          activityId: scheduled.activityId!,
          taskQueue: scheduled.taskQueue!.name!,
          maximumAttempts: scheduled.retryPolicy!.maximumAttempts!,
          summary: summary === '' ? '' : (JSON.parse(summary) as string),
        },
      ];
    });
  }

  /** Throws when a workflow task failed for a reason for which the server would retry it forever. */
  async expectNoFailedTasks(handle: WorkflowHandle): Promise<void> {
    const failures = toTaskFailures(await this.#readEvents(handle));
    if (failures.length > 0) throw new Error(`workflow tasks of ${handle.workflowId} failed: ${failures.join('; ')}`);
  }

  /** Waits until `isThere`; `what` completes "timed out waiting for". */
  async await(isThere: () => Promise<boolean>, what: string): Promise<void> {
    const deadlineAt = Date.now() + PATIENCE_MILLISECONDS;
    while (!(await isThere())) {
      if (Date.now() > deadlineAt) throw new Error(`timed out waiting for ${what}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
    }
  }

  /** Queries `status` until it matches. */
  async awaitStatus(handle: WorkflowHandle, isWanted: (status: RunStatus) => boolean): Promise<RunStatus> {
    let status: RunStatus | undefined;
    await this.await(async () => {
      try {
        status = await handle.query<RunStatus>('status');
        return isWanted(status);
      } catch (error) {
        if (!isTransient(error)) throw error;
        return false;
      }
    }, `a status of ${handle.workflowId}`);
    if (!status) throw new Error('no status');
    return status;
  }
}
