import type { DecommissionRequest } from './decommission-request.ts';
import { DEFAULT_CLUSTER } from '../run/workflow-ids.ts';

/** The values of keys that a request omits. `taskId` also has a default: see `toDefaultTaskId`. */
export const REQUEST_DEFAULTS = {
  cluster: DEFAULT_CLUSTER,
  force: false,
  ignoreDaemonSets: true,
  daemonSets: 'terminateLast',
  deleteEmptyDirData: false,
  timeoutSeconds: 3600,
  onTimeout: 'rollBack',
  maxUnavailable: '25%',
  preflight: 'enforce',
  assumeAutoscaling: false,
  singleReplica: 'block',
  jobs: 'evict',
  waitForReplacements: true,
  deadNode: 'refuse',
  hostCleanup: 'required',
  deleteNode: true,
  maxConcurrentNodes: 1,
  oneZoneAtATime: false,
  nodeOrder: 'asGiven',
  cordon: 'allFirst',
  stopAfterFailures: 1,
  onNodeParked: 'wait',
  onWindowClose: 'finishNode',
  approval: 'none',
  dryRun: false,
} as const satisfies Partial<DecommissionRequest>;
