import { describe, expect, it } from '@jest/globals';
import type { RunStatus } from '../../src/domain/run/status.ts';
import { joinStatus } from '../../src/client/join-status.ts';
import { nodeStatus, podStatus, progress, runStatus } from '../builders/run-status.ts';
import { steps } from '../builders/step-report.ts';

const CHILD = 'decommission/default/node/node-1';
const task = {
  status: runStatus({ nodes: [nodeStatus({ childWorkflowId: CHILD }), nodeStatus({ nodeName: 'node-2' })] }),
  evictions: new Map(),
};
const childWith = (pod = podStatus()) =>
  runStatus({
    nodes: [nodeStatus({ steps: steps({ evict: 'Running' }), drainDeadlineAt: '2026-01-01T13:00:00Z', pods: [pod] })],
  });

describe('joinStatus', () => {
  it('adds pods, steps, deadline and eviction progress to the node of the task', () => {
    const evictions = new Map([['default/web-1', { attempt: 1, progress: progress() }]]);
    const joined = joinStatus('id-1', task, new Map([[CHILD, { status: childWith(), evictions }]]));
    expect(joined.workflowId).toBe('id-1');
    expect(joined.nodes[0]).toMatchObject({
      nodeName: 'node-1',
      steps: steps({ evict: 'Running' }),
      drainDeadlineAt: '2026-01-01T13:00:00Z',
      pods: [{ name: 'web-1', progress: { budget: 'default/web-pdb' } }],
    });
    expect(joined.nodes[1]).toEqual(nodeStatus({ nodeName: 'node-2' }));
  });

  it('keeps the view of the task for a node whose version has no worker, with the reason', () => {
    const missing = 'the run is pinned to version drains:1, and no worker of it polls.';
    const joined = joinStatus('id-1', task, new Map([[CHILD, { missing }]]));
    expect(joined.nodes[0]).toEqual({
      ...nodeStatus({ childWorkflowId: CHILD }),
      work: { activity: '', attempt: 1, message: missing },
    });
    expect(joined.phase).toBe(task.status.phase);
  });

  it.each([
    {
      name: 'is about an earlier pod of the same name',
      pod: podStatus(),
      eviction: { attempt: 1, progress: progress({ podUid: 'uid-of-another' }) },
    },
    {
      name: 'is about a pod that is gone',
      pod: podStatus({ state: 'Evicted' }),
      eviction: { attempt: 1, progress: progress() },
    },
    { name: 'is missing', pod: podStatus(), eviction: { attempt: 1 } },
  ])('ignores a heartbeat that $name', ({ pod, eviction }) => {
    const evictions = new Map([['default/web-1', eviction]]);
    const joined = joinStatus('id-1', task, new Map([[CHILD, { status: childWith(pod), evictions }]]));
    expect(joined.nodes[0]?.pods).toEqual([pod]);
  });

  it('shows why the eviction of a pod is not dispatched yet', () => {
    const waits = 'system-critical: evicted after the other pods (3 left)';
    const child = { status: childWith(podStatus({ state: 'Queued', waits })), evictions: new Map() };
    const joined = joinStatus('id-1', task, new Map([[CHILD, child]]));
    expect(joined.nodes[0]?.pods[0]?.progress).toMatchObject({ state: 'Queued', message: waits, attempts: 0 });
  });

  it('includes why an eviction is being retried', () => {
    const evictions = new Map([['default/web-1', { attempt: 2, lastFailure: 'activity Heartbeat timeout' }]]);
    const joined = joinStatus('id-1', task, new Map([[CHILD, { status: childWith(), evictions }]]));
    expect(joined.nodes[0]?.pods[0]).toMatchObject({ lastFailure: 'activity Heartbeat timeout' });
  });

  it("adds a step's pending work to its node, and the task's own to the task", () => {
    const work = { activity: 'runHostStage', attempt: 3, message: 'no answer.' };
    const planning = { activity: 'planTask', attempt: 2, message: 'the API server is away.' };
    const child = { status: childWith(), evictions: new Map(), work };
    const joined = joinStatus('id-1', { ...task, work: planning }, new Map([[CHILD, child]]));
    expect(joined.work).toEqual(planning);
    expect(joined.nodes.map((node) => node.work)).toEqual([work, undefined]);
  });

  it.each(['Undoing', 'Paused'] as const)('is %s when its node is', (phase) => {
    const child = { ...childWith(), phase, message: 'undoing node node-1' };
    const joined = joinStatus('id-1', task, new Map([[CHILD, { status: child, evictions: new Map() }]]));
    expect(joined).toMatchObject({ phase, message: 'undoing node node-1' });
  });

  it.each<[string, readonly RunStatus['phase'][], RunStatus['phase']]>([
    ['one of two nodes is parked', ['NeedsOperator', 'Draining'], 'Draining'],
    ['one of two nodes is undone', ['Draining', 'Undoing'], 'Draining'],
    ['both are parked', ['NeedsOperator', 'NeedsOperator'], 'NeedsOperator'],
    ['one is parked, the other is undone', ['NeedsOperator', 'Undoing'], 'Undoing'],
    ['one is parked, the other has just closed', ['NeedsOperator', 'Closed'], 'NeedsOperator'],
  ])('of a task of which %s', (_name, phases, expected) => {
    const children = phases.map((phase, index) => {
      const status = { ...childWith(), phase };
      return [`${CHILD}-${index}`, { status, evictions: new Map<string, never>() }] as const;
    });
    expect(joinStatus('id-1', task, new Map(children)).phase).toBe(expected);
  });

  it("keeps the task's view when the workflow of a node does not respond", () => {
    expect(joinStatus('id-1', task, new Map()).nodes).toEqual(task.status.nodes);
  });

  it('joins the evictions of a node that was started directly', () => {
    const alone = {
      status: childWith(),
      evictions: new Map([['default/web-1', { attempt: 1, progress: progress() }]]),
    };
    expect(joinStatus('id-1', alone, new Map()).nodes[0]?.pods[0]).toMatchObject({ progress: progress() });
  });
});
