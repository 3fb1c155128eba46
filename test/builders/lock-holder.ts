import type { LockHolder } from '../../src/domain/node/lock.ts';

export const lockHolder = (overrides: Partial<LockHolder> = {}): LockHolder => ({
  temporalNamespaceId: 'namespace-1',
  temporalNamespace: 'default',
  workflowId: 'decommission/default/task/42',
  firstExecutionRunId: 'run-1',
  taskId: '42',
  since: '2026-01-02T03:04:05.000Z',
  ...overrides,
});
