import { describe, expect, it } from '@jest/globals';
import { joinStoredReports, toStoredReport } from '../../../src/domain/run/stored-report.ts';
import { decommissionReport, nodeReport, podReport } from '../../builders/decommission-report.ts';
import { decommissionRequest } from '../../builders/decommission-request.ts';

const TIMES = { startedAt: '2026-01-01T12:00:00Z', endedAt: '2026-01-01T12:01:00Z' };

describe('toStoredReport', () => {
  it('has the form of a report of a task, with all lists of the node', () => {
    const request = decommissionRequest({ requestedBy: 'ann', reason: 'old hardware' });
    const node = nodeReport({ pods: [podReport()] });
    expect(toStoredReport({ request }, node, TIMES)).toEqual({
      version: 1,
      taskId: request.taskId,
      cluster: request.cluster,
      outcome: 'Decommissioned',
      requestedBy: 'ann',
      reason: 'old hardware',
      ...TIMES,
      message: 'node node-1: Decommissioned',
      nodes: [node],
      undo: [],
    });
  });

  it('has the failure of the node', () => {
    const failure = { type: 'DrainTimeout', message: 'the node still had 1 pod' };
    const node = nodeReport({ outcome: 'RolledBack', failure });
    expect(toStoredReport({ request: decommissionRequest() }, node, TIMES)).toMatchObject({
      outcome: 'RolledBack',
      message: 'node node-1: the node still had 1 pod',
      failure,
    });
  });
});

describe('joinStoredReports', () => {
  const first = decommissionReport({ nodes: [nodeReport()] });

  it('takes one as it is, and nothing of none', () => {
    expect(joinStoredReports([first])).toBe(first);
    expect(joinStoredReports([])).toBeUndefined();
  });

  it('has the worst outcome and the whole time of several', () => {
    const second = decommissionReport({
      startedAt: '2026-01-01T11:00:00Z',
      endedAt: '2026-01-01T13:00:00Z',
      nodes: [nodeReport({ nodeName: 'node-2', outcome: 'Cancelled' })],
    });
    expect(joinStoredReports([first, second])).toMatchObject({
      outcome: 'Cancelled',
      startedAt: second.startedAt,
      endedAt: second.endedAt,
      nodes: [{ nodeName: 'node-1' }, { nodeName: 'node-2' }],
    });
  });
});
