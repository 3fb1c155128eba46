import { describe, expect, it } from '@jest/globals';
import { isSettled, toClosedStatus, toParkedReport } from '../../src/client/closed-status.ts';
import { decommissionReport, nodeReport, podReport } from '../builders/decommission-report.ts';
import { clusterAddress } from '../builders/cluster-address.ts';
import { joinedNode, joinedPod, joinedStatus } from '../builders/run-status.ts';
import { steps } from '../builders/step-report.ts';

describe('toClosedStatus', () => {
  it('makes from the report the status that a worker would return', () => {
    const report = decommissionReport({
      outcome: 'RolledBack',
      nodes: [nodeReport({ outcome: 'RolledBack', failedStep: 'evict', pods: [podReport({ outcome: 'NotEvicted' })] })],
    });
    expect(toClosedStatus('id-1', report)).toEqual(
      joinedStatus({
        workflowId: 'id-1',
        phase: 'Closed',
        outcome: 'RolledBack',
        message: report.message,
        nodes: [joinedNode({ outcome: 'RolledBack', failedStep: 'evict', pods: [joinedPod({ state: 'NotEvicted' })] })],
      }),
    );
  });
});

it('cluster, requester and reason go from the report to the status, and from the status to the report of a parked run', () => {
  const known = { clusterAddress: clusterAddress(), requestedBy: 'kim', reason: 'disk errors' };
  expect(toClosedStatus('id-1', decommissionReport(known))).toMatchObject(known);
  expect(toParkedReport(joinedStatus(known), '2026-01-01T12:01:30Z')).toMatchObject(known);
});

describe('isSettled', () => {
  it.each([
    { phase: 'Closed' as const, expected: true },
    { phase: 'NeedsOperator' as const, expected: true },
    { phase: 'Paused' as const, expected: false },
    { phase: 'Undoing' as const, expected: false },
  ])('$phase: $expected', ({ phase, expected }) => {
    expect(isSettled(joinedStatus({ phase }))).toBe(expected);
  });
});

describe('toParkedReport', () => {
  it('reports a parked run as NeedsOperator', () => {
    const status = joinedStatus({
      phase: 'NeedsOperator',
      message: 'node node-1 re-registered',
      nodes: [joinedNode({ steps: steps({ deleteNode: 'Failed' }), failedStep: 'deleteNode', pods: [joinedPod()] })],
    });
    expect(toParkedReport(status, '2026-01-01T12:01:30Z')).toEqual(
      decommissionReport({
        outcome: 'NeedsOperator',
        message: 'node node-1 re-registered',
        nodes: [
          nodeReport({
            outcome: 'NeedsOperator',
            steps: steps({ deleteNode: 'Failed' }),
            failedStep: 'deleteNode',
            pods: [podReport({ outcome: 'NotEvicted' })],
          }),
        ],
      }),
    );
  });
});
