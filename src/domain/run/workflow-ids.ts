/** Names in Temporal that users and other programs rely on: changing one is a breaking change. */

export const TASK_QUEUE = 'node-decommission';
export const DEFAULT_CLUSTER = 'default';

export const toTaskWorkflowId = (cluster: string, taskId: string): string => `decommission/${cluster}/task/${taskId}`;
export const toDryRunWorkflowId = (cluster: string, taskId: string): string => `decommission/${cluster}/plan/${taskId}`;
export const toNodeWorkflowId = (cluster: string, nodeName: string): string =>
  `decommission/${cluster}/node/${nodeName}`;
