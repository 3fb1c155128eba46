import { describe, expect, it } from '@jest/globals';
import { WorkflowFailedError, WorkflowNotFoundError, type Client } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure, TerminatedFailure } from '@temporalio/common';
import { MEMO_REPORT, MEMO_TASK } from '../../src/domain/run/memo-keys.ts';
import { createWorkflowDirectory } from '../../src/worker/workflow-directory.ts';
import { nodeReport } from '../builders/decommission-report.ts';
import { lockHolder } from '../builders/lock-holder.ts';

/** As gRPC reports it. */
const denied = (code: number, details: string): Error =>
  Object.assign(new Error(details), { code, details, metadata: {} });

/** A Temporal whose namespace is described by `describeNamespace`; it has no method to read its cluster's id. */
const clientWith = (describeNamespace: () => Promise<unknown>): Client =>
  ({
    options: { namespace: 'ops' },
    workflowService: { describeNamespace },
    workflow: { getHandle: () => ({ describe: () => Promise.resolve({ status: { name: 'RUNNING' }, raw: {} }) }) },
  }) as unknown as Client;

const named = (id: string): Client => clientWith(() => Promise.resolve({ namespaceInfo: { id } }));

describe('createWorkflowDirectory', () => {
  it('identifies the namespace by its UUID, which credentials of one namespace can read', async () => {
    expect(await createWorkflowDirectory(named('namespace-1')).readPlace()).toEqual({
      temporalNamespaceId: 'namespace-1',
      temporalNamespace: 'ops',
    });
  });

  it.each([
    [7, 'Request unauthorized.'],
    [16, 'the token has expired'],
  ])('names the namespace when the server denies access with gRPC code %i', async (code, details) => {
    const directory = createWorkflowDirectory(clientWith(() => Promise.reject(denied(code, details))));
    await expect(directory.readPlace()).rejects.toMatchObject({
      name: 'TemporalAccessDenied',
      message: expect.stringMatching(new RegExp(`namespace "ops": ${details.replace(/\.$/, '')}.*Grant`)) as unknown,
    });
  });

  it('asks again after a failure', async () => {
    let calls = 0;
    const directory = createWorkflowDirectory(
      clientWith(() => {
        calls += 1;
        return calls === 1
          ? Promise.reject(denied(14, 'UNAVAILABLE'))
          : Promise.resolve({ namespaceInfo: { id: 'n' } });
      }),
    );
    await expect(directory.readPlace()).rejects.toMatchObject({ code: 14 });
    expect(await directory.readPlace()).toMatchObject({ temporalNamespaceId: 'n' });
  });

  const NODE_WORKFLOW = 'decommission/default/node/node-1';
  /** A Temporal in which these workflows run or have closed. */
  const clientOf = (workflows: Readonly<Record<string, object>>): Client =>
    ({
      options: { namespace: 'ops' },
      workflowService: { describeNamespace: () => Promise.resolve({ namespaceInfo: { id: 'namespace-1' } }) },
      workflow: {
        getHandle: (workflowId: string) => ({
          describe: () =>
            workflowId in workflows
              ? Promise.resolve({ runId: 'run-1', workflowId, raw: {}, ...workflows[workflowId] })
              : Promise.reject(new WorkflowNotFoundError('not found', workflowId, undefined)),
          result: () => (workflows[workflowId] as { result: () => Promise<unknown> }).result(),
        }),
      },
    }) as unknown as Client;
  const RUNNING = { status: { name: 'RUNNING' } };
  const TERMINATED = { status: { name: 'TERMINATED' } };

  it.each([
    ['both run', { [lockHolder().workflowId]: RUNNING, [NODE_WORKFLOW]: RUNNING }, 'open'],
    ['only that of the node runs', { [lockHolder().workflowId]: TERMINATED, [NODE_WORKFLOW]: RUNNING }, 'nodeOpen'],
    ['that of the task was deleted', { [NODE_WORKFLOW]: RUNNING }, 'nodeOpen'],
    ['both have closed', { [lockHolder().workflowId]: TERMINATED, [NODE_WORKFLOW]: TERMINATED }, 'closed'],
    ['both were deleted', {}, 'closed'],
  ] as const)('judges a lock by the workflows of its task and of its node: %s', async (_name, workflows, state) => {
    const directory = createWorkflowDirectory(clientOf(workflows));
    expect(await directory.readHolderState(lockHolder(), NODE_WORKFLOW)).toBe(state);
  });

  const TASK = { taskId: '42', fingerprint: 'f-1' };
  const child = { memo: { [MEMO_TASK]: TASK }, parentExecution: { workflowId: 'task', runId: 'run-0' } };
  const failedWith = (cause: Error) => () =>
    Promise.reject(new WorkflowFailedError('failed', cause, 'NON_RETRYABLE_FAILURE'));

  it.each<[string, object | undefined, object]>([
    ['is not there', undefined, { kind: 'absent' }],
    ['runs for a task', { ...RUNNING, ...child }, { kind: 'open', runId: 'run-1', task: TASK }],
    [
      'runs without a task, with a memo that claims one',
      { ...RUNNING, memo: child.memo },
      { kind: 'open', runId: 'run-1' },
    ],
    [
      'has completed',
      { ...TERMINATED, ...child, result: () => Promise.resolve(nodeReport()) },
      { kind: 'closed', runId: 'run-1', task: TASK, report: nodeReport() },
    ],
    [
      'has failed',
      { ...TERMINATED, ...child, result: failedWith(ApplicationFailure.create({ details: [nodeReport()] })) },
      { kind: 'closed', runId: 'run-1', task: TASK, report: nodeReport() },
    ],
    [
      'was cancelled and has left its report in its memo',
      {
        ...TERMINATED,
        ...child,
        memo: { ...child.memo, [MEMO_REPORT]: nodeReport() },
        result: failedWith(new CancelledFailure('cancelled')),
      },
      { kind: 'closed', runId: 'run-1', task: TASK, report: nodeReport() },
    ],
    [
      'was terminated',
      { ...TERMINATED, ...child, result: failedWith(new TerminatedFailure('by mistake')) },
      { kind: 'closed', runId: 'run-1', task: TASK },
    ],
  ])('reads the workflow of a node that %s', async (_name, workflow, expected) => {
    const directory = createWorkflowDirectory(clientOf(workflow === undefined ? {} : { [NODE_WORKFLOW]: workflow }));
    expect(await directory.readNodeWorkflow(NODE_WORKFLOW)).toEqual(expected);
  });

  it.each([
    ['its own namespace', named('namespace-1'), 'open'],
    ['another namespace', named('namespace-2'), 'unknown'],
    ['a Temporal that denies access', clientWith(() => Promise.reject(denied(7, 'no'))), 'unknown'],
  ] as const)('judges a lock of %s', async (_where, client, state) => {
    const holder = lockHolder({ temporalNamespaceId: 'namespace-1' });
    expect(await createWorkflowDirectory(client).readHolderState(holder)).toBe(state);
  });

  const listing = (listSearchAttributes: () => Promise<unknown>): Client =>
    ({
      options: { namespace: 'ops' },
      connection: { operatorService: { listSearchAttributes } },
    }) as unknown as Client;

  it('reads which search attributes the namespace has', async () => {
    const client = listing(() => Promise.resolve({ customAttributes: { DecommissionPhase: 2, DecommissionNode: 1 } }));
    expect(await createWorkflowDirectory(client).readSearchAttributes()).toEqual(['DecommissionPhase']);
  });

  it('does without search attributes when the server does not list them', async () => {
    const client = listing(() => Promise.reject(denied(7, 'Request unauthorized.')));
    expect(await createWorkflowDirectory(client).readSearchAttributes()).toEqual([]);
  });

  describe('for the janitor', () => {
    interface Described {
      readonly status: string;
      readonly memo?: object;
    }

    /** A Temporal with these workflows, by id. */
    const withWorkflows = (workflows: Readonly<Record<string, Described>>): Client =>
      ({
        options: { namespace: 'ops' },
        workflowService: { describeNamespace: () => Promise.resolve({ namespaceInfo: { id: 'namespace-1' } }) },
        workflow: {
          getHandle: (id: string) => ({
            describe: () => {
              const found = workflows[id];
              return found === undefined
                ? Promise.reject(new WorkflowNotFoundError('not found', id, undefined))
                : Promise.resolve({ status: { name: found.status }, memo: found.memo, raw: {} });
            },
          }),
          list: async function* () {
            await Promise.resolve();
            yield* Object.keys(workflows).map((workflowId) => ({ workflowId }));
          },
        },
      }) as unknown as Client;

    const TASK = 'decommission/default/task/t-1';
    const NODE = 'decommission/default/node/node-1';
    const holder = lockHolder({ workflowId: TASK });

    it.each([
      ['open while the task runs', { [TASK]: { status: 'RUNNING' } }, 'open'],
      ['nodeOpen while only the workflow of the node runs', { [NODE]: { status: 'RUNNING' } }, 'nodeOpen'],
      ['closed without both', {}, 'closed'],
    ] as const)('a lock is %s', async (_state, workflows, state) => {
      expect(await createWorkflowDirectory(withWorkflows(workflows)).readHolderState(holder, NODE)).toBe(state);
    });

    it.each([
      ['running', { [TASK]: { status: 'RUNNING' } }, 'open'],
      ['terminated', { [TASK]: { status: 'TERMINATED' } }, 'closed'],
      ['not found: another Temporal may have it', {}, 'unknown'],
    ] as const)('reads the state of a task that is %s', async (_how, workflows, state) => {
      expect(await createWorkflowDirectory(withWorkflows(workflows)).readTaskState('default', 't-1')).toBe(state);
    });

    it('lists the running tasks of one cluster, without dry runs and nodes', async () => {
      const ids = [TASK, NODE, 'decommission/east/task/t-2', 'decommission/default/plan/t-3', 'mine'];
      const directory = createWorkflowDirectory(
        withWorkflows(Object.fromEntries(ids.map((id) => [id, { status: 'RUNNING' }]))),
      );
      expect(await directory.readRunningTaskIds('default')).toEqual(['t-1']);
      const none = createWorkflowDirectory(clientWith(() => Promise.reject(denied(7, 'no'))));
      expect(await none.readRunningTaskIds('default')).toBeUndefined();
    });

    const point = { what: 'deleting Node node-1', at: '2026-01-02T03:04:05.000Z', laterNodeNames: [] };
    it.each([
      ['that its memo has', { [NODE]: { status: 'TERMINATED', memo: { pointOfNoReturn: point } } }, point],
      ['nowhere in another memo', { [NODE]: { status: 'RUNNING', memo: { pointOfNoReturn: 'x' } } }, undefined],
      ['nowhere without a workflow', {}, undefined],
    ])('reads a point of no return %s', async (_where, workflows, expected) => {
      expect(await createWorkflowDirectory(withWorkflows(workflows)).readPointOfNoReturn(NODE)).toEqual(expected);
    });
  });
});
