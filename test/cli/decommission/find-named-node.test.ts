import { expect, it } from '@jest/globals';
import { findNamedNode } from '../../../src/cli/decommission/find-named-node.ts';
import type { JoinedStatus } from '../../../src/client/join-status.ts';

const handle = {
  status: () => Promise.resolve({ nodes: [{ nodeName: 'node-1' }, { nodeName: 'node-2' }] } as unknown as JoinedStatus),
};

it.each([
  ['the name of a node', 'node-2', 'node-2'],
  ['node/ and its name', 'node/node-2', 'node-2'],
  ['a task id', 'task-1', undefined],
  ['a workflow id', 'decommission/default/task/task-1', undefined],
  ['nothing', undefined, undefined],
])('finds the node that is named by %s', async (_what, task, expected) => {
  expect(await findNamedNode(handle, task)).toBe(expected);
});
