import { describe, expect, it } from '@jest/globals';
import { formatStatus } from '../../../src/cli/format/format-status.ts';
import type { JoinedNodeStatus } from '../../../src/client/join-status.ts';
import { joinedNode, joinedPod, joinedStatus, progress } from '../../builders/run-status.ts';
import { steps } from '../../builders/step-report.ts';

const now = '2026-01-01T12:03:12Z';
const draining = steps({ preflight: 'Succeeded', budgets: 'Succeeded', cordon: 'Succeeded', evict: 'Running' });

const nodeWithPods = (count: number): JoinedNodeStatus =>
  joinedNode({
    steps: draining,
    drainDeadlineAt: '2026-01-01T13:00:00Z',
    pods: Array.from({ length: count }, (_, index) =>
      joinedPod({ name: `web-${index + 1}`, progress: progress({ podUid: `uid-web-${index + 1}` }) }),
    ),
  });

describe('formatStatus', () => {
  it('shows why a step is retried, and what a first attempt is waiting for', () => {
    const status = joinedStatus({
      work: { activity: 'readReturnedNodes', attempt: 2, message: 'the API server is away.' },
      nodes: [joinedNode({ work: { activity: 'runHostStage', attempt: 1, message: 'cleanHost runs on the host.' } })],
    });
    const lines = formatStatus(status, { now }).split('\n');
    expect(lines).toContain('retrying readReturnedNodes (attempt 2): the API server is away.');
    expect(lines).not.toContain('  cleanHost runs on the host.');
    const running = joinedStatus({
      nodes: [
        joinedNode({
          steps: draining,
          work: { activity: 'runHostStage', attempt: 1, message: 'cleanHost runs on the host.' },
        }),
      ],
    });
    expect(formatStatus(running, { now }).split('\n')).toContain('  cleanHost runs on the host.');
  });

  it('shows why nodes are not started', () => {
    const waits = '2 nodes wait: zone a has 2 of 2 nodes';
    const nodes = [joinedNode({ steps: draining }), joinedNode({ nodeName: 'node-2' })];
    const lines = formatStatus(joinedStatus({ nodes, waits }), { now }).split('\n');
    expect(lines.slice(-2)).toEqual(['1 node not started', waits]);
  });

  it('shows phase, deadline, steps, and each remaining pod with what it is waiting for', () => {
    const pods = [
      joinedPod({ name: 'web-1', progress: progress() }),
      joinedPod({ name: 'web-2', state: 'Evicted' }),
      joinedPod({
        name: 'web-3',
        progress: progress({ state: 'Terminating', message: 'terminating, grace ends 12:04' }),
      }),
      joinedPod({ name: 'web-4', lastFailure: 'activity Heartbeat timeout' }),
    ];
    const status = joinedStatus({
      nodes: [
        joinedNode({ steps: draining, drainDeadlineAt: '2026-01-01T13:00:00Z', pods }),
        joinedNode({ nodeName: 'node-2' }),
      ],
    });
    expect(formatStatus(status, { now })).toBe(
      `
task task-1 on cluster default · Draining · 3m 12s · deadline in 56m 48s
decommissioning node node-1
node-1  ✓ preflight  ✓ budgets  ✓ cordon  ▸ evict  · detach  · stopKubelet  · deleteNode  · cleanHost  · verifyHost  · endMachine  · finish
  1 of 4 pods gone · 1 terminating · 1 blocked by a budget
1 node not started

REMAINING POD   STATE         WAITING FOR
default/web-1   Blocked       budget default/web-pdb allows 0 now: 3 healthy, 3 needed
default/web-3   Terminating   terminating, grace ends 12:04
default/web-4   Queued        last attempt failed: activity Heartbeat timeout
`.trim(),
    );
  });

  it('never uses more rows than allowed, and counts the pods that it omits', () => {
    const lines = formatStatus(joinedStatus({ nodes: [nodeWithPods(60)] }), { now, rows: 20, columns: 140 }).split(
      '\n',
    );
    expect(lines.length).toBeLessThanOrEqual(20);
    expect(lines.at(-1)).toMatch(/^and \d+ more$/);
  });

  it('counts the rows of a line that is wider than the terminal', () => {
    const text = formatStatus(joinedStatus({ nodes: [nodeWithPods(60)] }), { now, rows: 20, columns: 60 });
    const rows = text.split('\n').reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / 60)), 0);
    expect(rows).toBeLessThanOrEqual(20);
  });

  it('omits the oldest of many nodes', () => {
    const nodes = Array.from({ length: 40 }, (_, index) =>
      joinedNode({ nodeName: `node-${index}`, outcome: 'Decommissioned', steps: steps({ finish: 'Succeeded' }) }),
    );
    const text = formatStatus(joinedStatus({ nodes }), { now, rows: 20, columns: 200 });
    expect(text).toContain('30 earlier nodes not shown');
    expect(text).toContain('node-39');
    expect(text).not.toContain('node-29 ');
  });

  it('shows who paused it and why', () => {
    const paused = { by: 'ann', reason: 'lunch', at: '2026-01-01T12:02:00Z' };
    expect(formatStatus(joinedStatus({ phase: 'Paused', paused }), { now })).toBe(
      'task task-1 on cluster default · Paused · 3m 12s\npaused by ann: lunch (since 2026-01-01T12:02:00Z)',
    );
  });

  it('shows the outcome of a closed one, and no pods', () => {
    const status = joinedStatus({
      phase: 'Closed',
      outcome: 'RolledBack',
      message: 'undone',
      nodes: [
        joinedNode({
          outcome: 'RolledBack',
          steps: steps({ evict: 'Failed' }),
          pods: [joinedPod({ state: 'NotEvicted' })],
        }),
      ],
    });
    const lines = formatStatus(status, { now }).split('\n');
    expect(lines[0]).toBe('task task-1 on cluster default · RolledBack');
    expect(lines.join('\n')).not.toContain('REMAINING POD');
  });

  it('shows the workflow id until the request is accepted', () => {
    expect(formatStatus(joinedStatus({ taskId: '', phase: 'Starting', message: '' }), { now })).toBe(
      'decommission/default/task/task-1 · Starting · 3m 12s',
    );
  });
});
