import { countByKind } from '../../src/domain/host/preview-kinds.ts';
import type { DecommissionReport, HostReport, NodeReport, PodReport } from '../../src/domain/run/report.ts';
import { steps } from './step-report.ts';

export const podReport = (overrides: Partial<PodReport> = {}): PodReport => {
  const name = overrides.name ?? 'web-1';
  return { namespace: 'default', name, uid: `uid-${name}`, outcome: 'Evicted', ...overrides };
};

/** A host that passed one check and on which nothing was found. */
export const hostReport = ({ kept = [], ...overrides }: Partial<HostReport> = {}): HostReport => ({
  touched: [],
  cleaned: ['kubelet.service is stopped and masked.'],
  kept,
  keptCounts: countByKind(kept),
  ...overrides,
});

export const nodeReport = (overrides: Partial<NodeReport> = {}): NodeReport => ({
  nodeName: 'node-1',
  outcome: 'Decommissioned',
  steps: steps(),
  pods: [],
  undo: [],
  notes: [],
  ...overrides,
});

/** A task that started at noon and took 90 s. */
export const decommissionReport = (overrides: Partial<DecommissionReport> = {}): DecommissionReport => ({
  version: 1,
  taskId: 'task-1',
  cluster: 'default',
  outcome: 'Decommissioned',
  startedAt: '2026-01-01T12:00:00Z',
  endedAt: '2026-01-01T12:01:30Z',
  message: 'node node-1: drained and deleted.',
  nodes: [],
  undo: [],
  ...overrides,
});
