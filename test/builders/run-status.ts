import type { JoinedNodeStatus, JoinedPodStatus, JoinedStatus } from '../../src/client/join-status.ts';
import type { EvictionProgress, NodeStatus, PodStatus, RunStatus } from '../../src/domain/run/status.ts';
import { steps } from './step-report.ts';

/** A task without nodes yet, draining since noon. */
export const runStatus = (overrides: Partial<RunStatus> = {}): RunStatus => ({
  version: 1,
  taskId: 'task-1',
  cluster: 'default',
  phase: 'Draining',
  message: 'decommissioning node node-1',
  startedAt: '2026-01-01T12:00:00Z',
  nodes: [],
  ...overrides,
});

/** A node on which no step was executed. */
export const nodeStatus = (overrides: Partial<NodeStatus> = {}): NodeStatus => ({
  nodeName: 'node-1',
  steps: steps(),
  pods: [],
  ...overrides,
});

/** A pod under eviction; its UID follows its name. */
export const podStatus = (overrides: Partial<PodStatus> = {}): PodStatus => {
  const name = overrides.name ?? 'web-1';
  return { namespace: 'default', name, uid: `uid-${name}`, state: 'Evicting', ...overrides };
};

export const progress = (overrides: Partial<EvictionProgress> = {}): EvictionProgress => ({
  podUid: 'uid-web-1',
  state: 'BlockedByBudget',
  message: 'budget default/web-pdb allows 0 now: 3 healthy, 3 needed',
  budget: 'default/web-pdb',
  attempts: 2,
  ...overrides,
});

export const joinedPod = (overrides: Partial<JoinedPodStatus> = {}): JoinedPodStatus => ({
  ...podStatus(overrides),
  ...overrides,
});

export const joinedNode = (overrides: Partial<JoinedNodeStatus> = {}): JoinedNodeStatus => ({
  ...nodeStatus(),
  ...overrides,
});

export const joinedStatus = (overrides: Partial<JoinedStatus> = {}): JoinedStatus => ({
  ...runStatus(),
  workflowId: 'decommission/default/task/task-1',
  nodes: [],
  ...overrides,
});
