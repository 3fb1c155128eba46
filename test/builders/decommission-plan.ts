import type { DecommissionPlan, NodePlan, PodPlan } from '../../src/domain/plan/decommission-plan.ts';

export const podPlan = (overrides: Partial<PodPlan> = {}): PodPlan => {
  const name = overrides.name ?? 'web-1';
  return {
    namespace: 'default',
    name,
    uid: `uid-${name}`,
    disposition: 'evict',
    reason: '',
    workload: 'Deployment/web',
    ...overrides,
  };
};

export const nodePlan = (overrides: Partial<NodePlan> = {}): NodePlan => ({
  nodeName: 'node-1',
  nodeUid: 'uid-node-1',
  machineID: '',
  systemUUID: '',
  bootID: '',
  addresses: [],
  wasUnschedulable: false,
  pods: [],
  ...overrides,
});

export const decommissionPlan = (overrides: Partial<DecommissionPlan> = {}): DecommissionPlan => ({
  version: 1,
  taskId: 'task-1',
  cluster: 'default',
  clusterIdentity: { kubeSystemUid: 'uid-kube-system', caHashes: [] },
  createdAt: '2026-01-01T12:00:00Z',
  verdict: 'Go',
  nodes: [],
  budgets: [],
  forecasts: [],
  findings: [],
  ...overrides,
});
