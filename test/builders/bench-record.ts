import type { Environment, Measurement, RowRecord, RunRecord } from '../../bench/record/benchmark-record.ts';
import type { BenchRow, RowWorkload } from '../../bench/rows/bench-row.ts';
import type { Tool } from '../../bench/rows/row-floor.ts';

export const aWorkload = (given: Partial<RowWorkload> = {}): RowWorkload => ({
  ...{ name: 'web', kind: 'Deployment', pods: 50, terminationSeconds: 5, readySeconds: 2 },
  ...given,
});

export const aRow = (given: Partial<RowWorkload> = {}, name = 'fifty'): BenchRow => ({
  name,
  workloads: [aWorkload(given)],
});

export const aMeasurement = (given: Partial<Measurement> = {}): Measurement => ({
  wholeSeconds: 12,
  drainSeconds: 6,
  beforeSeconds: 1,
  afterSeconds: 5,
  requests: { 'evict pods': 50, 'get nodes': 10, 'list pods': 10, 'watch pods': 3 },
  acceptedEvictions: 50,
  refusedEvictions: 0,
  evictionsPerSecond: 40,
  processes: [{ name: 'worker', cpuSeconds: 1, peakMegabytes: 200 }],
  observed: {},
  ...given,
});

export const aRun = (tool: Tool, given: Partial<Measurement> = {}): RunRecord => ({
  ...{ tool, at: '2026-01-01T00:00:00.000Z', outcome: 'measured' },
  measurement: aMeasurement(given),
});

export const anEnvironment = (given: Partial<Environment> = {}): Environment => ({
  commit: '0123456789',
  startedAt: '2026-01-01T00:00:00.000Z',
  cores: 2,
  processor: 'Example',
  memoryGigabytes: 16,
  versions: { Kubernetes: '1.36.3' },
  ...given,
});

export const aRowRecord = (given: Partial<RowRecord> = {}): RowRecord => ({
  row: aRow(),
  environment: anEnvironment(),
  runs: [aRun('kubectl'), aRun('node-decommission')],
  ...given,
});
