import { describe, expect, it } from '@jest/globals';
import { findDecommission } from '../../../src/cli/decommission/find-decommission.ts';
import type { DecommissionClient } from '../../../src/client/decommission-client.ts';
import { DecommissionNotFoundError } from '../../../src/client/decommission-error.ts';
import type { DecommissionHandle } from '../../../src/client/decommission-handle.ts';
import type { ListedDecommission } from '../../../src/client/list-decommissions.ts';
import { listed } from './listed-decommission.ts';

interface Known {
  readonly running?: readonly ListedDecommission[];
  readonly closed?: readonly ListedDecommission[];
  /** Workflow ids that the lists omit, closed, and the parent of each. */
  readonly others?: Readonly<Record<string, string | undefined>>;
}

const clientWith = ({ running = [], closed = [], others = {} }: Known): DecommissionClient => {
  const ids = [...running, ...closed].map(({ workflowId }) => workflowId);
  const describe = (id: string) => ({
    status: { name: running.some(({ workflowId }) => workflowId === id) ? 'RUNNING' : 'COMPLETED' },
    ...(others[id] === undefined ? {} : { parentExecution: { workflowId: others[id] } }),
  });
  const getHandle = (id: string) => ({ describe: () => Promise.resolve(describe(id)) });
  return {
    client: { workflow: { getHandle } },
    list: ({ state }: { state: string }) => Promise.resolve(state === 'running' ? running : closed),
    attach: (target: string | { cluster: string; taskId: string }) => {
      const id = typeof target === 'string' ? target : `decommission/${target.cluster}/task/${target.taskId}`;
      if (!ids.includes(id) && !(id in others)) return Promise.reject(new DecommissionNotFoundError(id, 'default'));
      const status = () => Promise.resolve({ nodes: [{ nodeName: 'node-7' }] });
      return Promise.resolve({ workflowId: id, status } as unknown as DecommissionHandle);
    },
  } as unknown as DecommissionClient;
};

const closed = (taskId: string, nodeNames: string, overrides: Partial<ListedDecommission> = {}): ListedDecommission =>
  listed(taskId, nodeNames, { state: 'Completed', ...overrides });

const inEdge = { cluster: 'edge', workflowId: 'decommission/edge/task/t-3' };

const two = [listed('t-1', 'node-1, node-2'), listed('t-2', 'node-3')];

describe('findDecommission', () => {
  it.each<{ name: string; known: Known; task: string | undefined; cluster?: string; expected: string }>([
    { name: 'being the only running one', known: { running: [two[0]!] }, task: undefined, expected: 't-1' },
    { name: 'a task id', known: { running: two }, task: 't-2', expected: 't-2' },
    { name: 'a task id with its kind', known: { running: two }, task: 'task/t-2', expected: 't-2' },
    { name: 'a closed task', known: { running: two, closed: [closed('t-0', 'n')] }, task: 't-0', expected: 't-0' },
    { name: 'a workflow id', known: { running: two }, task: 'decommission/default/task/t-1', expected: 't-1' },
    { name: 'a node of a running task', known: { running: two }, task: 'node-2', expected: 't-1' },
    { name: 'a node with its kind', known: { running: two }, task: 'node/node-2', expected: 't-1' },
    {
      name: 'a node that the list omits',
      known: { running: [listed('t-1', 'node-1 and 6 more'), listed('t-2', 'node-3')] },
      task: 'node-7',
      expected: 't-1',
    },
    {
      name: 'a node of one whose nodes are not listed',
      known: { running: [listed('t-1', '')] },
      task: 'node-7',
      expected: 't-1',
    },
    {
      name: 'a node that runs rather than a closed task of that name',
      known: { running: two, closed: [closed('node-3', 'node-9')] },
      task: 'node-3',
      expected: 't-2',
    },
    {
      name: 'a closed task rather than a closed node of that name',
      known: { closed: [closed('t-9', 'same'), closed('same', 'other')] },
      task: 'same',
      expected: 'same',
    },
    {
      name: 'the kind, where a name has two meanings',
      known: { closed: [closed('t-9', 'same'), closed('same', 'other')] },
      task: 'node/same',
      expected: 't-9',
    },
    {
      name: 'the newest closed one with the node, e.g. one that was refused, but no dry run',
      known: { closed: [closed('dry', 'node-1', { dryRun: true }), closed('new', 'node-1'), closed('old', 'node-1')] },
      task: 'node-1',
      expected: 'new',
    },
    {
      name: 'the task of a closed node that the list omits',
      known: {
        closed: [closed('t-0', 'a, b and 38 more')],
        others: { 'decommission/default/node/c': 'decommission/default/task/t-0' },
      },
      task: 'c',
      expected: 't-0',
    },
    {
      name: 'a node in the cluster that is named',
      known: { running: [listed('t-1', 'node-1'), listed('t-3', 'node-1', inEdge)] },
      task: 'node-1',
      cluster: 'default',
      expected: 't-1',
    },
  ])('finds by $name', async ({ known, task, cluster, expected }) => {
    const handle = await findDecommission(clientWith(known), { task, cluster });
    expect(handle.workflowId).toBe(`decommission/default/task/${expected}`);
  });

  it('finds a node of the only cluster in which it runs', async () => {
    const handle = await findDecommission(clientWith({ running: [listed('t-3', 'node-1', inEdge)] }), {
      task: 'node-1',
    });
    expect(handle.workflowId).toBe(inEdge.workflowId);
  });

  it.each([
    ['custom-id', { 'custom-id': undefined }],
    ['decommission/default/node/node-8', { 'decommission/default/node/node-8': undefined }],
    ['node/custom', { 'node/custom': undefined }],
  ])('finds by the workflow id %s', async (id, others) => {
    expect((await findDecommission(clientWith({ others }), { task: id })).workflowId).toBe(id);
  });

  it('finds a node that was decommissioned without a task by its own workflow', async () => {
    const id = 'decommission/default/node/node-8';
    const handle = await findDecommission(clientWith({ others: { [id]: undefined } }), { task: 'node-8' });
    expect(handle.workflowId).toBe(id);
  });

  it('notes which task a node belongs to, and nothing for an id', async () => {
    const notes: string[] = [];
    const note = (line: string): void => void notes.push(line);
    await findDecommission(clientWith({ running: two }), { task: 'node-2' }, note);
    await findDecommission(clientWith({ running: two }), { task: 't-2' }, note);
    expect(notes).toEqual(['Node node-2: decommission/default/task/t-1']);
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
    {
      name: 'no task has the id, though a node has the name',
      running: two,
      task: 'task/node-3',
      message: 'no decommission decommission/default/task/node-3 found',
    },
    {
      name: 'a node runs in two clusters',
      running: [listed('t-1', 'node-1'), listed('t-3', 'node-1', inEdge)],
      task: 'node-1',
      message: '2 decommissions are running; specify one',
    },
  ])('fails when $name', async ({ running, task, message }) => {
    await expect(findDecommission(clientWith({ running }), { task })).rejects.toThrow(message);
  });
});
