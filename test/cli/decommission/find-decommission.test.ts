import { describe, expect, it } from '@jest/globals';
import { findDecommission } from '../../../src/cli/decommission/find-decommission.ts';
import type { DecommissionClient } from '../../../src/client/decommission-client.ts';
import { DecommissionNotFoundError } from '../../../src/client/decommission-error.ts';
import type { DecommissionHandle } from '../../../src/client/decommission-handle.ts';
import type { ListedDecommission } from '../../../src/client/list-decommissions.ts';
import { listed } from './listed-decommission.ts';

const CLOSED_NODE = 'decommission/default/node/node-8';

/** Has the running ones, a closed one, a closed workflow of a node, and one with a custom workflow id. */
const clientWith = (running: readonly ListedDecommission[]): DecommissionClient => {
  const known = [
    ...running.map(({ workflowId }) => workflowId),
    'decommission/default/task/closed',
    'custom-id',
    CLOSED_NODE,
  ];
  return {
    list: () => Promise.resolve(running),
    attach: (target: string | { cluster: string; taskId: string }) => {
      const id = typeof target === 'string' ? target : `decommission/${target.cluster}/task/${target.taskId}`;
      if (!known.includes(id)) return Promise.reject(new DecommissionNotFoundError(id, 'default'));
      const status = () => Promise.resolve({ nodes: [{ nodeName: 'node-7' }] });
      return Promise.resolve({ workflowId: id, status } as unknown as DecommissionHandle);
    },
  } as DecommissionClient;
};

const two = [listed('t-1', 'node-1, node-2'), listed('t-2', 'node-3')];

describe('findDecommission', () => {
  it.each([
    { name: 'being the only running one', running: [two[0]!], task: undefined, expected: 't-1' },
    { name: 'a task id', running: two, task: 't-2', expected: 't-2' },
    { name: 'a closed task', running: two, task: 'closed', expected: 'closed' },
    { name: 'a workflow id', running: two, task: 'decommission/default/task/t-1', expected: 't-1' },
    { name: 'a node of a running task', running: two, task: 'node-2', expected: 't-1' },
    {
      name: 'a node that the list omits',
      running: [listed('t-1', 'node-1 and 6 more'), listed('t-2', 'node-3')],
      task: 'node-7',
      expected: 't-1',
    },
    { name: 'a node of one whose nodes are not listed', running: [listed('t-1', '')], task: 'node-7', expected: 't-1' },
  ])('finds by $name', async ({ running, task, expected }) => {
    const handle = await findDecommission(clientWith(running), task, 'default');
    expect(handle.workflowId).toBe(`decommission/default/task/${expected}`);
  });

  it('finds by a custom workflow id', async () => {
    expect((await findDecommission(clientWith(two), 'custom-id', 'default')).workflowId).toBe('custom-id');
  });

  it('finds a node whose task runs no more by its own workflow', async () => {
    expect((await findDecommission(clientWith(two), 'node-8', 'default')).workflowId).toBe(CLOSED_NODE);
  });

  it.each([
    { name: 'none is running', running: [], task: undefined, message: 'no decommission is running' },
    { name: 'several are running', running: two, task: undefined, message: '2 decommissions are running; specify one' },
    {
      name: 'none matches',
      running: two,
      task: 'node-9',
      message: 'no decommission decommission/default/task/node-9 found',
    },
  ])('fails when $name', async ({ running, task, message }) => {
    await expect(findDecommission(clientWith(running), task, 'default')).rejects.toThrow(message);
  });
});
