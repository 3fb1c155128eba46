import { describe, expect, it } from '@jest/globals';
import { MAX_NODES_IN_DETAIL, toListedSteps } from '../../../src/domain/run/compact-steps.ts';
import type { StepLog } from '../../../src/domain/run/step-log.ts';

const at = '2026-01-01T12:00:00Z';
const STEPS: StepLog = [
  { name: 'preflight', status: 'Succeeded', startedAt: at, endedAt: at, message: 'no problems found' },
  { name: 'evict', status: 'Failed', startedAt: at, endedAt: at, message: 'refused' },
  { name: 'detach', status: 'Running', startedAt: at },
  { name: 'stopKubelet', status: 'Skipped', message: 'hostCleanup is skip' },
];

describe('toListedSteps', () => {
  it('has everything in a task of few nodes', () => {
    expect(toListedSteps(STEPS, MAX_NODES_IN_DETAIL)).toBe(STEPS);
  });

  it('has times and messages of failed and running steps only in a task of many nodes', () => {
    expect(toListedSteps(STEPS, MAX_NODES_IN_DETAIL + 1)).toEqual([
      { name: 'preflight', status: 'Succeeded' },
      STEPS[1],
      STEPS[2],
      { name: 'stopKubelet', status: 'Skipped' },
    ]);
  });
});
