import type { ListedDecommission } from '../../../src/client/list-decommissions.ts';

/** A running decommission with that task id. */
export const listed = (
  taskId: string,
  nodeNames: string,
  overrides: Partial<ListedDecommission> = {},
): ListedDecommission => ({
  workflowId: `decommission/default/task/${taskId}`,
  runId: `run-${taskId}`,
  cluster: 'default',
  taskId,
  dryRun: false,
  state: 'Running',
  nodeNames,
  startedAt: '2026-01-01T12:00:00Z',
  ...overrides,
});
