import type { TaskContext } from '../../src/domain/run/context.ts';
import type { NodeTarget } from '../../src/domain/node/node-target.ts';
import { CLUSTER_IDENTITY } from '../fakes/fake-cluster.ts';
import { lockHolder } from './lock-holder.ts';

/** Task 42 on the cluster that `FakeCluster` simulates. */
export const taskContext = (overrides: Partial<TaskContext> = {}): TaskContext => ({
  taskId: '42',
  cluster: 'default',
  clusterIdentity: CLUSTER_IDENTITY,
  holder: lockHolder(),
  ...overrides,
});

/** The node that the `node` builder creates. */
export const nodeTarget = (overrides: Partial<NodeTarget> = {}): NodeTarget => ({
  nodeName: 'node-1',
  nodeUid: 'uid-node-1',
  machineID: '',
  ...overrides,
});
