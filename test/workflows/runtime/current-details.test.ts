import { describe, expect, it } from '@jest/globals';
import { toCurrentDetails } from '../../../src/workflows/runtime/current-details.ts';
import { drainEstimate } from '../../builders/drain-facts.ts';
import { nodeStatus, runStatus } from '../../builders/run-status.ts';

const startedAt = '2026-01-01T12:00:00Z';
const running = nodeStatus({
  steps: [{ name: 'evict', status: 'Running', startedAt }],
  estimate: drainEstimate(),
});

describe('toCurrentDetails', () => {
  it('shows the estimate of the drain that runs, with its start', () => {
    expect(toCurrentDetails(runStatus({ nodes: [running] }), [])).toContain(
      'Estimate for node node-1 from 2026-01-01T12:00:00Z: 80 s to 2 minutes: default/Deployment/web in 3 rounds',
    );
  });

  it('ends with a line that the UI may cut off', () => {
    const details = toCurrentDetails(runStatus({ nodes: [running] }), ['web-1 | BlockedByBudget | budget web']);
    expect(details.split('\n\n').slice(-2)).toEqual([expect.stringMatching(/budget web \|$/), '\u00a0']);
  });

  it('shows why nodes are not started', () => {
    const waits = '2 nodes wait: zone a has 2 of 2 nodes';
    expect(toCurrentDetails(runStatus({ nodes: [running], waits }), []).split('\n\n')[1]).toBe(waits);
  });

  it.each([
    ['before the drain', nodeStatus({ estimate: drainEstimate() })],
    ['after it', { ...running, steps: [{ name: 'evict', status: 'Succeeded', startedAt } as const] }],
    ['if the plan has none', nodeStatus({ steps: running.steps })],
  ])('shows no estimate %s', (_name, node) => {
    expect(toCurrentDetails(runStatus({ nodes: [node] }), [])).not.toContain('Estimate');
  });
});
