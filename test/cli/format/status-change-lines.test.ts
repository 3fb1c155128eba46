import { describe, expect, it } from '@jest/globals';
import { toStatusChangeLines } from '../../../src/cli/format/status-change-lines.ts';
import type { PendingWork } from '../../../src/client/pending-work.ts';
import type { JoinedPodStatus } from '../../../src/client/join-status.ts';
import { joinedNode, joinedPod, joinedStatus, progress } from '../../builders/run-status.ts';
import { steps } from '../../builders/step-report.ts';

const now = '2026-01-01T12:01:00Z';
const withPods = (...pods: readonly JoinedPodStatus[]) =>
  joinedStatus({ nodes: [joinedNode({ steps: steps({ evict: 'Running' }), pods })] });
const withWork = (work: PendingWork) =>
  joinedStatus({ nodes: [joinedNode({ steps: steps({ cleanHost: 'Running' }), work })] });
const blocked = joinedPod({ progress: progress() });

describe('toStatusChangeLines', () => {
  it.each([
    {
      name: 'the first status',
      previous: undefined,
      next: withPods(blocked, joinedPod({ name: 'web-2', state: 'Evicted' })),
      expected: [
        'Draining: decommissioning node node-1',
        'node-1: evict Running',
        'node-1: pod default/web-1 Blocked: budget default/web-pdb allows 0 now: 3 healthy, 3 needed',
        'node-1: 1 of 2 pods gone · 1 blocked by a budget',
      ],
    },
    { name: 'no change', previous: withPods(blocked), next: withPods(blocked), expected: [] },
    {
      name: 'other numbers of the same block',
      previous: withPods(blocked),
      next: withPods(joinedPod({ progress: progress({ message: 'budget default/web-pdb allows 0 now: 2 healthy' }) })),
      expected: [],
    },
    {
      name: 'another reason of the same state',
      previous: withPods(joinedPod({ progress: progress({ stuck: { cause: 'budget', subject: 'default/web-pdb' } }) })),
      next: withPods(
        joinedPod({
          progress: progress({
            message: 'more than one budget selects it',
            stuck: { cause: 'twoBudgets', subject: 'default/own, default/web-pdb' },
          }),
        }),
      ),
      expected: ['node-1: pod default/web-1 Blocked: more than one budget selects it'],
    },
    {
      name: 'a preStop hook of a pod that terminates',
      previous: withPods(joinedPod({ progress: progress({ state: 'Terminating', message: 'eviction accepted' }) })),
      next: withPods(
        joinedPod({ progress: progress({ state: 'Terminating', stuck: { cause: 'preStop', subject: 'web' } }) }),
      ),
      expected: [],
    },
    {
      name: 'an eviction just sent',
      previous: withPods(joinedPod()),
      next: withPods(joinedPod({ progress: progress({ state: 'Evicting' }) })),
      expected: [],
    },
    {
      name: 'a step that is retried',
      previous: withWork({ activity: 'runHostStage', attempt: 1, message: 'cleanHost runs.' }),
      next: withWork({ activity: 'runHostStage', attempt: 2, message: 'no answer.' }),
      expected: ['node-1: retrying runHostStage (attempt 2): no answer.'],
    },
    {
      name: 'one more attempt for the same reason',
      previous: withWork({ activity: 'runHostStage', attempt: 2, message: 'no answer.' }),
      next: withWork({ activity: 'runHostStage', attempt: 3, message: 'no answer.' }),
      expected: [],
    },
    {
      name: 'a pod that is gone',
      previous: withPods(blocked),
      next: withPods(joinedPod({ state: 'Evicted' })),
      expected: ['node-1: pod default/web-1 Evicted', 'node-1: 1 of 1 pod gone'],
    },
    {
      name: 'a remaining pod without a message',
      previous: withPods(blocked),
      next: withPods(joinedPod({ state: 'NotEvicted' })),
      expected: ['node-1: pod default/web-1 NotEvicted'],
    },
    {
      name: 'the end, without the pods, which the report counts',
      previous: withPods(blocked),
      next: {
        ...withPods(joinedPod({ state: 'Evicted' }), joinedPod({ name: 'web-2', state: 'Evicted' })),
        ...({ phase: 'Closed', outcome: 'Decommissioned', message: 'node node-1: drained and deleted.' } as const),
      },
      expected: ['Decommissioned: node node-1: drained and deleted.'],
    },
    {
      name: 'a failed step and a new phase',
      previous: withPods(),
      next: joinedStatus({
        phase: 'Undoing',
        message: 'undoing',
        nodes: [joinedNode({ steps: [{ name: 'evict', status: 'Failed', message: 'deadline' }] })],
      }),
      expected: ['Undoing: undoing', 'node-1: evict Failed: deadline'],
    },
    {
      name: 'a pause',
      previous: withPods(),
      next: { ...withPods(), phase: 'Paused' as const, message: '', paused: { by: 'ann', reason: 'lunch', at: now } },
      expected: ['Paused (by ann: lunch)'],
    },
  ])('prints one line per change: $name', ({ previous, next, expected }) => {
    expect(toStatusChangeLines(previous, next, now)).toEqual(expected);
  });
});
