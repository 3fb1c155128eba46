import type { HookInput } from '../../../src/ports/machine-hook.ts';

export const HOOK_INPUT: HookInput = {
  cluster: 'prod',
  taskId: '42',
  nodeName: 'node-1',
  nodeUid: 'uid-node-1',
  operationId: 'run-1-abc',
  providerID: 'hcloud://42',
  instanceId: '42',
};
