import { describe, expect, it } from '@jest/globals';
import { DecommissionFailure } from '../../../src/domain/run/failures.ts';
import type { NodeFacts, PodFacts } from '../../../src/domain/cluster/facts.ts';
import type { EvictionProgress } from '../../../src/domain/run/status.ts';
import type { EvictionAnswer } from '../../../src/ports/cluster.ts';
import { ClusterFailure } from '../../../src/ports/cluster-failure.ts';
import { budget } from '../../builders/budget.ts';
import { node } from '../../builders/node.ts';
import { pod } from '../../builders/pod.ts';
import { GRACE_END } from '../../fakes/fake-cluster.ts';
import type { FakeClusterFacts } from '../../fakes/fake-cluster-facts.ts';
import { CoordinatorStage, hasEnded, podsNamed } from './coordinator-harness.ts';
import { START, useFakeClock } from '../../fakes/fake-clock.ts';

const outage = new ClusterFailure('Unreachable', 'the API server does not respond');

let stage: CoordinatorStage;

const start = (facts: Partial<FakeClusterFacts>, maxConcurrentEvictions = 20): void => {
  stage = new CoordinatorStage(facts, maxConcurrentEvictions);
};

useFakeClock(() => {
  stage.coordinator.stop();
  return stage.cluster;
});

describe('EvictionCoordinator, the end of a pod', () => {
  it('L3: evicted, then gone: Evicted, with both times', async () => {
    start({ pods: podsNamed('a') });
    await stage.sync();
    const entry = stage.add(pod({ name: 'a' }));
    await stage.settle(3000);
    await stage.finish('a');
    await expect(entry.done).resolves.toEqual({
      outcome: 'Evicted',
      attempts: 1,
      evictedAt: '2026-01-02T00:00:00.000Z',
      goneAt: '2026-01-02T00:00:03.000Z',
    });
  });

  const goneCases: [name: string, onNode: PodFacts[]][] = [
    ['gone before it registers', []],
    ['another pod has its name', [pod({ name: 'a', uid: 'uid-other' })]],
    ['bound to another node', [pod({ name: 'a', nodeName: 'node-2' })]],
  ];
  it.each(goneCases)('L3: %s: Gone, and no eviction is sent', async (_name, onNode) => {
    start({ pods: onNode });
    await stage.sync();
    await expect(stage.add(pod({ name: 'a' })).done).resolves.toMatchObject({ outcome: 'Gone', attempts: 0 });
    expect(stage.cluster.evictedNames).toEqual([]);
  });

  it('a pod that outlasts its grace period is classified, and its end as terminating names the reason', async () => {
    start({
      pods: [pod({ name: 'a', deletionTimestamp: GRACE_END })],
      nodes: [node({ unschedulable: true, ready: false, notReadySince: 'noon' })],
    });
    await stage.sync();
    stage.coordinator.guard(() => undefined);
    stage.cluster.nodes.sync();
    const acceptedAt = new Date(START).toISOString();
    const earlier = { podUid: 'uid-default-a', state: 'Terminating', message: '', attempts: 1, acceptedAt } as const;
    const entry = stage.add(pod({ name: 'a' }), { earlier, deadlineAt: START + 120_000 });
    await stage.settle(60_000);
    expect(entry.progress).toMatchObject({
      message: `terminating: its grace period ended at ${GRACE_END}, and its node is not Ready since noon, so no kubelet confirms its end`,
      stuck: { cause: 'kubelet', subject: 'node-1' },
    });
    await stage.settle(60_000);
    await expect(entry.done).resolves.toMatchObject({
      outcome: 'Terminating',
      message: expect.stringMatching(/no kubelet confirms its end\. Start the kubelet of node node-1\./) as unknown,
    });
  });

  it('an accepted eviction is not sent again, however long the pod takes', async () => {
    start({ pods: podsNamed('a') });
    await stage.sync();
    stage.addAll();
    await stage.settle(120_000);
    expect(stage.cluster.evictedNames).toEqual(['a']);
  });

  it('accepted in an earlier attempt: not sent again, and Evicted when it is gone', async () => {
    start({ pods: podsNamed('a') });
    const earlier: EvictionProgress = {
      podUid: 'uid-default-a',
      state: 'Terminating',
      message: 'accepted',
      attempts: 2,
      acceptedAt: '2026-01-01T23:59:00.000Z',
    };
    await stage.sync();
    const entry = stage.add(pod({ name: 'a' }), { earlier });
    await stage.settle(30_000);
    await stage.finish('a');
    await expect(entry.done).resolves.toMatchObject({ outcome: 'Evicted', attempts: 2, evictedAt: earlier.acceptedAt });
    expect(stage.cluster.evictedNames).toEqual([]);
  });

  const doubtful: [name: string, answers: EvictionAnswer[], outcome: string][] = [
    ['no response', [{ kind: 'unknown', message: 'no response' }], 'Evicted'],
    ['a server error, which may hide a success', [{ kind: 'serverError', message: 'timed out' }], 'Evicted'],
    ['a refusal', [{ kind: 'denied', message: 'not now' }], 'Gone'],
    [
      'no response, then one of a budget, which no terminating pod gets',
      [
        { kind: 'unknown', message: 'x' },
        { kind: 'blockedByBudget', message: 'not now' },
      ],
      'Gone',
    ],
    [
      'no response, then one that is unrelated to the pod',
      [
        { kind: 'unknown', message: 'x' },
        { kind: 'throttled', message: 'busy' },
      ],
      'Evicted',
    ],
    ['"no such pod"', [{ kind: 'gone' }], 'Gone'],
    ['"another pod"', [{ kind: 'otherUid' }], 'Gone'],
    ['no response, then "no such pod"', [{ kind: 'unknown', message: 'x' }, { kind: 'gone' }], 'Evicted'],
    ['no response, then "another pod"', [{ kind: 'unknown', message: 'x' }, { kind: 'otherUid' }], 'Evicted'],
  ];
  it.each(doubtful)('G5: gone after %s: %s', async (_name, answers, outcome) => {
    start({ pods: podsNamed('a') });
    for (const answer of answers) stage.cluster.answer('evictPod', answer);
    await stage.sync();
    const entry = stage.add(pod({ name: 'a' }));
    await stage.settle(500 * (answers.length - 1));
    expect(stage.cluster.evictedNames).toHaveLength(answers.length);
    if (!(await hasEnded(entry))) await stage.finish('a');
    await expect(entry.done).resolves.toMatchObject({ outcome, attempts: answers.length });
  });

  const afterLostResponse: [name: string, change: (stored: PodFacts) => unknown, sentCount: number, state: string][] = [
    ['terminates', (stored) => stage.cluster.pods.store({ ...stored, deletionTimestamp: GRACE_END }), 1, 'Terminating'],
    [
      'is gone',
      ({ name }) => {
        stage.cluster.pods.drop(name, 'default');
      },
      1,
      'Evicted',
    ],
    ['has another UID', (stored) => stage.cluster.pods.store({ ...stored, uid: 'uid-other' }), 1, 'Evicted'],
    ['still runs', () => undefined, 2, 'Terminating'],
    [
      'cannot be read',
      () => {
        stage.cluster.fail('readPod', outage);
      },
      1,
      'Queued',
    ],
  ];
  it.each(afterLostResponse)(
    'G5: the response is lost, and the pod, which the watch still shows, %s: it is read before a repetition',
    async (_name, change, sentCount, state) => {
      start({ pods: podsNamed('a') });
      stage.cluster.answer('evictPod', { kind: 'unknown', message: 'reset' });
      await stage.sync();
      const entry = stage.add(pod({ name: 'a' }));
      change(stage.cluster.pods.find('a', 'default')!);
      await stage.settle(500);
      expect(stage.cluster.evictedNames).toHaveLength(sentCount);
      const end = (await hasEnded(entry)) ? (await entry.done).outcome : entry.progress.state;
      expect(end).toBe(state);
      expect(stage.cluster.argsOf('readPod')).toHaveLength(1);
    },
  );

  it('gone during its call: decided by the response', async () => {
    start({ pods: podsNamed('a') });
    const held = stage.cluster.hold('evictPod');
    await stage.sync();
    const entry = stage.add(pod({ name: 'a' }));
    await stage.settle();
    await stage.finish('a');
    expect(await hasEnded(entry)).toBe(false);
    held.release({ kind: 'accepted' });
    await expect(entry.done).resolves.toMatchObject({ outcome: 'Evicted' });
  });

  it('a pod that is missing from a new LIST is gone', async () => {
    start({ pods: podsNamed('a', 'b') });
    await stage.sync();
    const [first, second] = stage.addAll();
    await stage.settle();
    stage.cluster.pods.drop('a', 'default');
    stage.cluster.pods.sync();
    await expect(first!.done).resolves.toMatchObject({ outcome: 'Evicted' });
    expect(await hasEnded(second!)).toBe(false);
  });

  it('G13: fails at the deadline, also between two tries, and reports what blocked the pod', async () => {
    start({ pods: podsNamed('a'), budgets: [budget({ disruptionsAllowed: 0 })] });
    await stage.sync();
    const entry = stage.add(pod({ name: 'a' }), { deadlineAt: START + 7300 });
    await stage.settle(7299);
    expect(await hasEnded(entry)).toBe(false);
    await stage.settle(1);
    await expect(entry.done).rejects.toMatchObject({
      type: 'DrainTimeout',
      message:
        'pod default/a was still on the node at the deadline (BlockedByBudget: budget default/web-pdb allows 0 now: 3 healthy, 2 needed). Ask the owner of budget default/web-pdb, or raise timeoutSeconds.',
    });
  });

  it('a call in flight at the deadline is awaited', async () => {
    start({ pods: podsNamed('a') });
    const held = stage.cluster.hold('evictPod');
    await stage.sync();
    const entry = stage.add(pod({ name: 'a' }), { deadlineAt: START + 1000 });
    await stage.settle(2000);
    expect(await hasEnded(entry)).toBe(false);
    held.release({ kind: 'denied', message: 'not now' });
    await expect(entry.done).rejects.toMatchObject({ type: 'DrainTimeout' });
  });

  it('a pod that is slow to terminate is Terminating at the deadline, which is not a failure of its own', async () => {
    start({ pods: podsNamed('a') });
    await stage.sync();
    const entry = stage.add(pod({ name: 'a' }), { deadlineAt: START + 1000 });
    await stage.settle(1000);
    await expect(entry.done).resolves.toEqual({
      outcome: 'Terminating',
      attempts: 1,
      evictedAt: '2026-01-02T00:00:00.000Z',
    });
  });

  it('an unexpected failure of a call affects only that pod', async () => {
    start({ pods: podsNamed('a', 'b') }, 1);
    stage.cluster.fail('evictPod', new TypeError('broken'));
    await stage.sync();
    const [first] = stage.addAll();
    await expect(first!.done).rejects.toThrow('broken');
    await stage.settle();
    expect(stage.cluster.evictedNames).toEqual(['a', 'b']);
  });
});

describe('EvictionCoordinator, trouble and change', () => {
  it('trouble is reported beside the reason of the wait, until the next event', async () => {
    start({ pods: podsNamed('a'), budgets: [budget({ disruptionsAllowed: 0 })] });
    await stage.sync();
    const reported: string[] = [];
    stage.add(pod({ name: 'a' }), { onProgress: ({ state, message }) => reported.push(`${state}: ${message}`) });
    await stage.settle();
    stage.cluster.pods.trouble(outage);
    stage.cluster.budgets.trouble(outage);
    stage.cluster.pods.sync();
    stage.cluster.budgets.change(stage.cluster.budgets.find('web-pdb', 'default')!);
    const reason = 'BlockedByBudget: budget default/web-pdb allows 0 now: 3 healthy, 2 needed';
    expect(reported).toEqual([reason, `${reason}; meanwhile: the API server does not respond`, reason]);
  });

  it('trouble does not replace the reason of a wait that the server requested', async () => {
    start({ pods: podsNamed('a') });
    stage.cluster.answer('evictPod', { kind: 'throttled', message: 'slow down', retryAfterSeconds: 30 });
    await stage.sync();
    stage.addAll();
    await stage.settle();
    stage.cluster.pods.trouble(outage);
    stage.cluster.pods.sync();
    expect(stage.coordinator.toDrainProgress()).toEqual([
      'default/a | Refused | the API server is throttling: slow down; retrying',
    ]);
  });

  it('an entry registered during trouble reports it', () => {
    start({ pods: podsNamed('a') });
    stage.cluster.pods.trouble(outage);
    stage.addAll();
    expect(stage.coordinator.toDrainProgress()).toEqual([
      'default/a | Queued | waiting for its turn; meanwhile: the API server does not respond',
    ]);
  });

  it('a second budget over the pod is reported, and its removal ends the wait', async () => {
    const second = budget({ name: 'second' });
    start({ pods: podsNamed('a'), budgets: [budget(), second] });
    await stage.sync();
    stage.addAll();
    await stage.settle();
    expect(stage.cluster.evictedNames).toEqual([]);
    expect(stage.coordinator.toDrainProgress()[0]).toContain(
      'BlockedByBudget | more than one budget selects it (default/second, default/web-pdb)',
    );
    stage.cluster.budgets.remove(second);
    await stage.settle();
    expect(stage.cluster.evictedNames).toEqual(['a']);
  });
});

describe('EvictionCoordinator, the node itself', () => {
  const lost = new DecommissionFailure('CordonLost', 'the node was uncordoned');
  const uncordoned = (found: NodeFacts | undefined): DecommissionFailure | undefined =>
    found?.unschedulable ? undefined : lost;

  it('evictions continue while the node is owned by the task', async () => {
    start({ nodes: [node({ unschedulable: true })], pods: podsNamed('a') });
    stage.coordinator.guard(uncordoned);
    stage.cluster.nodes.sync();
    stage.addAll();
    await stage.sync();
    expect(stage.cluster.evictedNames).toEqual(['a']);
  });

  const losses: [name: string, lose: () => void][] = [
    ['changed', () => stage.cluster.nodes.change(node({ unschedulable: false }))],
    [
      'deleted',
      () => {
        stage.cluster.nodes.remove(node({ unschedulable: true }));
      },
    ],
  ];
  it.each(losses)(
    'G15: %s: nothing more is sent; what was accepted is terminating, the rest fails',
    async (_name, lose) => {
      const budgets = [budget()];
      start({ nodes: [node({ unschedulable: true })], pods: podsNamed('a', 'b'), budgets });
      stage.coordinator.guard(uncordoned);
      stage.cluster.nodes.sync();
      await stage.sync();
      const [first, second] = stage.addAll();
      await stage.settle();
      lose();
      await expect(first!.done).resolves.toMatchObject({ outcome: 'Terminating' });
      await expect(second!.done).rejects.toBe(lost);
      await expect(stage.add(pod({ name: 'b' })).done).rejects.toBe(lost);
      await stage.allow(1);
      expect(stage.cluster.evictedNames).toEqual(['a']);
    },
  );
});
