import type { DecommissionRequest } from '../../src/domain/request/decommission-request.ts';

/** The parsed form of `{"nodeNames": ["node-1"], "taskId": "42", "hostCleanup": "skip"}`. */
export const decommissionRequest = (overrides: Partial<DecommissionRequest> = {}): DecommissionRequest => ({
  nodeNames: ['node-1'],
  taskId: '42',
  cluster: 'default',
  force: false,
  ignoreDaemonSets: true,
  daemonSets: 'terminateLast',
  deleteEmptyDirData: false,
  timeoutSeconds: 3600,
  maxUnavailable: '25%',
  maxUnavailableGiven: false,
  preflight: 'enforce',
  assumeAutoscaling: false,
  singleReplica: 'block',
  hostCleanup: 'skip',
  deleteNode: true,
  maxConcurrentNodes: 1,
  oneZoneAtATime: false,
  nodeOrder: 'asGiven',
  cordon: 'allFirst',
  stopAfterFailures: 1,
  onNodeParked: 'wait',
  approval: 'none',
  dryRun: false,
  ...overrides,
});
