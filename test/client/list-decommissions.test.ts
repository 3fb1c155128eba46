import { describe, expect, it } from '@jest/globals';
import type { Client } from '@temporalio/client';
import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common';
import { listDecommissions, toVisibilityQuery } from '../../src/client/list-decommissions.ts';
import { toTaskWorkflowId } from '../../src/domain/run/workflow-ids.ts';

describe('toVisibilityQuery', () => {
  const type = "WorkflowType IN ('decommissionNodes', 'decommissionNode')";
  it.each([
    { state: 'running' as const, expected: `${type} AND ExecutionStatus = 'Running'` },
    {
      state: 'closed' as const,
      expected: `${type} AND ExecutionStatus != 'Running' AND ExecutionStatus != 'ContinuedAsNew'`,
    },
    { state: 'all' as const, expected: `${type} AND ExecutionStatus != 'ContinuedAsNew'` },
  ])('selects $state', ({ state, expected }) => {
    expect(toVisibilityQuery(state)).toBe(expected);
  });
});

describe('listDecommissions', () => {
  const NODES = [{ nodeName: 'node-1' }, { nodeName: 'node-2' }];
  interface ServerState {
    readonly phase?: string;
    readonly workers?: readonly string[];
    /** The name of its status in Temporal. */
    readonly state?: string;
    readonly attributes?: Readonly<Record<string, string>>;
    /** Of our client; another client writes none. */
    readonly memo?: object;
  }
  /** A server with one running decommission; the status query returns the phase, or fails without one. */
  const toClient = ({
    phase,
    workers = ['worker-1'],
    state = 'RUNNING',
    attributes = {},
    memo = { nodeNames: 'node-1' },
  }: ServerState): { readonly client: Client; queryCount: number } => {
    const seen = { client: undefined as unknown as Client, queryCount: 0 };
    const query = (): Promise<unknown> => {
      seen.queryCount += 1;
      return phase === undefined
        ? Promise.reject(new Error('the workflow task failed'))
        : Promise.resolve({ phase, nodes: NODES });
    };
    const info = {
      workflowId: toTaskWorkflowId('east', 't-1'),
      runId: 'r-1',
      status: { name: state },
      startTime: new Date('2026-01-01T12:00:00Z'),
      memo,
      typedSearchAttributes: new TypedSearchAttributes(
        Object.entries(attributes).map(([name, value]) => ({ key: defineSearchAttributeKey(name, 'KEYWORD'), value })),
      ),
    };
    seen.client = {
      options: { namespace: 'default' },
      workflow: {
        list: async function* () {
          await Promise.resolve();
          yield info;
        },
        getHandle: () => ({ query }),
      },
      withDeadline: (_deadline: number, ask: () => Promise<unknown>) => ask(),
      workflowService: {
        describeTaskQueue: () => Promise.resolve({ pollers: workers.map((identity) => ({ identity })) }),
      },
    } as unknown as Client;
    return seen;
  };

  it('includes the phase of a running one', async () => {
    const { client } = toClient({ phase: 'NeedsOperator' });
    expect(await listDecommissions(client)).toMatchObject([
      { taskId: 't-1', state: 'Running', phase: 'NeedsOperator', startedAt: '2026-01-01T12:00:00.000Z' },
    ]);
  });

  it('lists a running one that does not respond', async () => {
    const { client } = toClient({});
    const [listed] = await listDecommissions(client);
    expect(listed).toMatchObject({ state: 'Running' });
    expect(listed).not.toHaveProperty('phase');
  });

  it('sends no query when there is no worker', async () => {
    const seen = toClient({ phase: 'Draining', workers: [] });
    expect((await listDecommissions(seen.client))[0]).not.toHaveProperty('phase');
    expect(seen.queryCount).toBe(0);
  });

  it('takes the phase from the search attribute, without a query and without a worker', async () => {
    const seen = toClient({ phase: 'Draining', workers: [], attributes: { DecommissionPhase: 'NeedsOperator' } });
    expect(await listDecommissions(seen.client)).toMatchObject([{ phase: 'NeedsOperator', nodeNames: 'node-1' }]);
    expect(seen.queryCount).toBe(0);
  });

  it.each<readonly [name: string, state: ServerState, nodeNames: string, queryCount: number]>([
    ['its status, of several nodes', { attributes: { DecommissionPhase: 'Draining' } }, 'node-1, node-2', 1],
    [
      'its search attribute, of one node',
      { attributes: { DecommissionPhase: 'Draining', DecommissionNode: 'node-3' } },
      'node-3',
      0,
    ],
    ['nowhere without a worker', { workers: [] }, '', 0],
  ])('takes the nodes of one that another client started from %s', async (_name, state, nodeNames, queryCount) => {
    const seen = toClient({ phase: 'Draining', memo: {}, ...state });
    expect(await listDecommissions(seen.client)).toMatchObject([{ nodeNames }]);
    expect(seen.queryCount).toBe(queryCount);
  });

  it('takes the outcome from the search attribute, without reading the report', async () => {
    const attributes = { DecommissionPhase: 'Closed', DecommissionOutcome: 'RolledBack' };
    const [listed] = await listDecommissions(toClient({ state: 'FAILED', attributes }).client);
    expect(listed).toMatchObject({ state: 'Failed', outcome: 'RolledBack' });
    expect(listed).not.toHaveProperty('phase');
  });
});
