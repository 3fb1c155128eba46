import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  Client,
  ServiceError,
  WithStartWorkflowOperation,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import type { WorkflowClientInterceptor } from '@temporalio/client';
import { createDecommissionClient, type DecommissionClient } from '../../../src/client/decommission-client.ts';
import { TASK_QUEUE, toTaskWorkflowId } from '../../../src/domain/run/workflow-ids.ts';
import type { DecommissionRequestInput } from '../../../src/domain/request/schema/request-input.ts';
import { scriptedPlan } from '../scripted-plan.ts';
import type { TaskScript } from '../task-script.ts';
import { TEST_TIMEOUT_MILLISECONDS, WorkflowHarness } from '../workflow-harness.ts';

const REFUSAL = {
  code: 'BarePod',
  severity: 'refusal',
  subject: 'default/bare',
  message: 'default/bare is a bare pod.',
} as const;

jest.setTimeout(TEST_TIMEOUT_MILLISECONDS);
const stage = await WorkflowHarness.open();
afterAll(() => stage.close());

const toRequest = (
  { cluster }: TaskScript,
  overrides: Partial<DecommissionRequestInput> = {},
): DecommissionRequestInput => ({
  nodeNames: ['node-1'],
  taskId: '42',
  cluster,
  hostCleanup: 'skip',
  ...overrides,
});

/** A client of the stage's server; `interceptor` stands for a server that answers in another way. */
const createClient = async (
  interceptor: WorkflowClientInterceptor = {},
  namespace?: string,
): Promise<DecommissionClient> =>
  await createDecommissionClient({
    client: new Client({
      connection: stage.client.connection,
      namespace: namespace ?? stage.client.options.namespace,
      interceptors: { workflow: [interceptor] },
    }),
  });

/** Preflight refuses until `isFixed`. */
const refuseUnless = (script: TaskScript, isFixed: () => boolean): void => {
  script.wrap(
    'planTask',
    (standard) => async (context, request) =>
      isFixed()
        ? standard(context, request)
        : { ...scriptedPlan('42', script.cluster, request.nodeNames, script), verdict: 'Refused', findings: [REFUSAL] },
  );
};

const grpcError = (code: number): Error =>
  Object.assign(new Error('refused'), { code, details: 'refused', metadata: {} });

const countRuns = async (workflowId: string): Promise<number> => {
  let count = 0;
  await stage.await(async () => {
    ({ count } = await stage.client.workflow.count(`WorkflowId = '${workflowId}'`));
    return count > 0;
  }, 'the run in the list');
  return count;
};

describe('the verdict of preflight', () => {
  it.concurrent('comes with the start, while the task continues', async () => {
    const script = stage.createScript();
    await stage.serve(script);
    const held = script.hold('cordonNode');
    const client = await createClient();
    const { handle, verdict, obstacle } = await client.startAndAwaitVerdict(toRequest(script));
    expect(obstacle).toBeUndefined();
    expect(handle.attached).toBe(false);
    expect(verdict).toMatchObject({ version: 1, taskId: '42', cluster: script.cluster, verdict: 'Go', nodeCount: 1 });
    await held.reached;
    held.release();
    expect(await handle.result()).toMatchObject({ outcome: 'Decommissioned' });
    await stage.expectNoFailedTasks(stage.taskOf(script));
  });

  it.concurrent('is the same for a client that attaches, whose updates do not add up in the history', async () => {
    const script = stage.createScript();
    await stage.serve(script);
    const held = script.hold('cordonNode');
    const client = await createClient();
    const first = await client.startAndAwaitVerdict(toRequest(script));
    await held.reached;
    for (const _time of [1, 2, 3]) {
      const again = await client.startAndAwaitVerdict(toRequest(script));
      expect([again.handle.attached, again.verdict]).toEqual([true, first.verdict]);
    }
    expect(await stage.countEvents(stage.taskOf(script), 'EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED')).toBe(2);
    const different = client.startAndAwaitVerdict(toRequest(script, { timeoutSeconds: 60 }));
    await expect(different).rejects.toMatchObject({ code: 'DifferentRequest' });
    held.release();
    expect((await stage.awaitEnding(stage.taskOf(script))).report.outcome).toBe('Decommissioned');
  });

  it.concurrent('is a refusal with its reasons; the same request again is a new run with its own verdict', async () => {
    const script = stage.createScript();
    await stage.serve(script);
    let isFixed = false;
    refuseUnless(script, () => isFixed);
    const client = await createClient();
    const refused = await client.startAndAwaitVerdict(toRequest(script));
    expect(refused.verdict).toMatchObject({
      verdict: 'Refused',
      message: 'preflight refuses: default/bare is a bare pod.',
      findings: [REFUSAL],
    });
    expect(await stage.awaitEnding(stage.taskOf(script))).toMatchObject({ closedAs: 'FAILED', failureType: 'Refused' });
    isFixed = true;
    const second = await client.startAndAwaitVerdict(toRequest(script));
    expect([second.verdict?.verdict, second.handle.attached]).toEqual(['Go', false]);
    expect(second.handle.runId).not.toBe(refused.handle.runId);
    expect(await second.handle.result()).toMatchObject({ outcome: 'Decommissioned' });
  });

  it.concurrent('fails for a request that only the workers find invalid', async () => {
    const script = stage.createScript();
    const startWorkflowOperation = new WithStartWorkflowOperation('decommissionNodes', {
      taskQueue: TASK_QUEUE,
      workflowId: toTaskWorkflowId(script.cluster, '42'),
      args: [{ nodeNames: ['node-1'], forse: true }],
      workflowIdConflictPolicy: 'USE_EXISTING',
    });
    const sent = stage.client.workflow.executeUpdateWithStart('awaitVerdict', { startWorkflowOperation });
    await expect(sent).rejects.toMatchObject({
      name: 'WorkflowUpdateFailedError',
      cause: { type: 'InvalidInput', message: expect.stringContaining('forse') as unknown },
    });
    expect((await stage.awaitEnding(stage.taskOf(script))).failureType).toBe('InvalidInput');
    const client = await createClient({
      startUpdateWithStart: ({ workflowStartOptions, ...input }, next) =>
        next({ ...input, workflowStartOptions: { ...workflowStartOptions, args: [{ forse: true }] } }),
    });
    await expect(client.startAndAwaitVerdict(toRequest(script))).rejects.toMatchObject({ code: 'InvalidRequest' });
  });

  it.concurrent('is that of the outcome when the task is cancelled during preflight', async () => {
    const script = stage.createScript();
    await stage.serve(script);
    const planning = script.holdUntilCancelled('planTask');
    const started = (await createClient()).startAndAwaitVerdict(toRequest(script));
    await planning.reached;
    await stage.taskOf(script).cancel();
    expect((await started).verdict).toMatchObject({ verdict: 'Cancelled', cluster: script.cluster, findings: [] });
    expect((await stage.awaitEnding(stage.taskOf(script))).closedAs).toBe('CANCELLED');
  });

  it.concurrent('is also that of a dry run', async () => {
    const script = stage.createScript();
    await stage.serve(script);
    const client = await createClient();
    const { handle, verdict } = await client.startAndAwaitVerdict(toRequest(script, { dryRun: true }));
    expect(verdict?.verdict).toBe('Go');
    expect(await handle.result()).toMatchObject({ outcome: 'DryRun' });
  });

  it.concurrent('is not waited for longer than asked; the task continues', async () => {
    const script = stage.createScript();
    await stage.serve(script);
    const request = toRequest(script, { dryRun: true });
    const planning = script.hold('planTask');
    const client = await createClient();
    const late = await client.startAndAwaitVerdict(request, { timeoutSeconds: 1 });
    expect(late.verdict).toBeUndefined();
    expect(late.obstacle).toMatch(/^preflight was not finished within 1 s; the decommission continues\./);
    const aborting = new AbortController();
    const aborted = await client.startAndAwaitVerdict(request, {
      signal: aborting.signal,
      onStarted: () => {
        aborting.abort();
      },
    });
    expect(aborted).toMatchObject({
      handle: { attached: true },
      obstacle: expect.stringContaining('interrupted') as unknown,
    });
    planning.release();
    expect((await client.startAndAwaitVerdict(request)).verdict?.verdict).toBe('Go');
  });
});

describe('a server that does not answer an update-with-start', () => {
  it.concurrent.each([
    ['does not have it', 12],
    ['does not allow it', 7],
  ])('%s: the update follows the start', async (_name, code) => {
    const script = stage.createScript();
    await stage.serve(script);
    const client = await createClient({
      startUpdateWithStart: () =>
        Promise.reject(new ServiceError('Update-With-Start failed', { cause: grpcError(code) })),
    });
    const { handle, verdict } = await client.startAndAwaitVerdict(toRequest(script, { dryRun: true }));
    expect([handle.attached, verdict?.verdict]).toEqual([false, 'Go']);
    await handle.result();
  });

  it.concurrent('in time has started the task once, although it is closed by then', async () => {
    const script = stage.createScript();
    await stage.serve(script);
    refuseUnless(script, () => false);
    const client = await createClient({
      startUpdateWithStart: async (input, next) => {
        await next(input);
        await stage.awaitClosed(toTaskWorkflowId(script.cluster, '42'));
        throw new WorkflowUpdateRPCTimeoutOrCancelledError('deadline', { cause: grpcError(4) });
      },
    });
    const { handle, obstacle } = await client.startAndAwaitVerdict(toRequest(script));
    expect([handle.attached, obstacle]).toEqual([false, expect.stringContaining('responded within 20 s')]);
    expect(await handle.result()).toMatchObject({ outcome: 'Refused' });
    expect(await countRuns(handle.workflowId)).toBe(1);
  });
});

describe('without a worker', () => {
  const namespace = 'without-workers';

  beforeAll(async () => {
    const workflowExecutionRetentionPeriod = msToTs('1 day');
    await stage.client.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod });
  });

  it('the task is started once, and the reason for no verdict is returned', async () => {
    const script = stage.createScript();
    const client = await createClient({}, namespace);
    const start = async () => await client.startAndAwaitVerdict(toRequest(script));
    const first = await start();
    const second = await start();
    expect([first, second]).toMatchObject(
      [false, true].map((attached) => ({
        handle: { attached, workflowId: toTaskWorkflowId(script.cluster, '42') },
        obstacle: expect.stringMatching(/^no worker polls task queue node-decommission .*start one/),
      })),
    );
    expect(second.handle.runId).toBe(first.handle.runId);
  });
});
