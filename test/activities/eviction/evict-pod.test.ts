import { describe, expect, it } from '@jest/globals';
import type { Info } from '@temporalio/activity';
import { ActivityCancellationDetails, CancelledFailure } from '@temporalio/common';
import type { MockActivityEnvironment } from '@temporalio/testing';
import { evictPod, type EvictPodInput } from '../../../src/activities/eviction/evict-pod.ts';
import { CoordinatorRegistry } from '../../../src/activities/eviction/coordinator-registry.ts';
import type { EvictionResult } from '../../../src/activities/eviction/eviction-request.ts';
import type { PodFacts } from '../../../src/domain/cluster/facts.ts';
import type { EvictionProgress } from '../../../src/domain/run/status.ts';
import { activityDependencies } from '../../builders/activity-dependencies.ts';
import { budget } from '../../builders/budget.ts';
import { heldNode } from '../../builders/owned-node.ts';
import { owner, pod } from '../../builders/pod.ts';
import { activityEnvironment, runIn } from '../../builders/run-activity.ts';
import { nodeTarget, taskContext } from '../../builders/task-context.ts';
import { workload } from '../../builders/workload.ts';
import { FakeCluster, GRACE_END } from '../../fakes/fake-cluster.ts';
import type { FakeClusterFacts } from '../../fakes/fake-cluster-facts.ts';
import { START, settle, useFakeClock } from '../../fakes/fake-clock.ts';

const target = pod({ name: 'a' });

let cluster: FakeCluster;
let environment: MockActivityEnvironment;
let heartbeats: (EvictionProgress | undefined)[];

const sync = async (): Promise<void> => {
  await settle();
  cluster.nodes.sync();
  cluster.pods.sync();
  cluster.budgets.sync();
  await settle();
};

const begin = (
  facts: Partial<FakeClusterFacts> = {},
  input: Partial<EvictPodInput> = {},
  info: Partial<Info> = {},
): Promise<EvictionResult> => {
  cluster = new FakeCluster({ nodes: [heldNode()], pods: [target], ...facts });
  environment = activityEnvironment(info);
  heartbeats = [];
  environment.on('heartbeat', (progress: EvictionProgress | undefined) => heartbeats.push(progress));
  const activity = evictPod(new CoordinatorRegistry(activityDependencies(cluster)));
  const ended = runIn(environment, activity, taskContext(), {
    node: nodeTarget(),
    pod: { ...target, workload: '', workloadUid: '' },
    ...input,
  });
  ended.catch(() => undefined);
  return ended;
};

useFakeClock(() => cluster);

describe('evictPod', () => {
  it('evicts, heartbeats its progress and returns when the pod is gone', async () => {
    const ended = begin();
    await sync();
    await settle(12_000);
    cluster.pods.remove(target);
    await expect(ended).resolves.toMatchObject({ outcome: 'Evicted', attempts: 1 });
    expect(heartbeats.map((progress) => progress?.state)).toEqual(['Terminating', 'Terminating', 'Terminating']);
  });

  it('heartbeats that the eviction was sent once it is without a response for a third of a second', async () => {
    const ended = begin();
    const held = cluster.hold('evictPod');
    await sync();
    await settle(299);
    expect(heartbeats).toEqual([]);
    await settle(1);
    expect(heartbeats.map((progress) => progress?.state)).toEqual(['Evicting']);
    held.release({ kind: 'gone' });
    await settle();
    await expect(ended).resolves.toMatchObject({ outcome: 'Gone' });
  });

  it('heartbeats from the start, before the cluster responds', async () => {
    const ended = begin();
    await settle();
    await settle(30_000);
    expect(heartbeats).toHaveLength(6);
    cluster.nodes.sync();
    cluster.pods.drop('a', 'default');
    cluster.pods.sync();
    await expect(ended).resolves.toMatchObject({ outcome: 'Gone' });
  });

  const graces: [name: string, input: Partial<EvictPodInput>, sent: number | undefined][] = [
    ['absent: the pod keeps its own', {}, undefined],
    ['any other value is sent', { gracePeriodSeconds: 7 }, 7],
  ];
  it.each(graces)('grace period %s', async (_name, input, sent) => {
    const ended = begin({}, input);
    await sync();
    expect(cluster.argsOf('evictPod')[0]?.[1]).toBe(sent);
    cluster.pods.remove(target);
    await ended;
  });

  it('checks the desired replicas of its workload again before it evicts', async () => {
    const replicasOf = owner('apps/v1', 'Deployment', 'web');
    const pod = { ...target, workload: 'Deployment/web', workloadUid: replicasOf.uid, replicasOf };
    const ended = begin({ workloads: [workload({ replicas: 1 })] }, { pod });
    await sync();
    await expect(ended).rejects.toMatchObject({ type: 'ConsentMissing' });
    expect(cluster.evictedNames).toEqual([]);
  });

  it('evicts a pod of a Job that is waited for only when it has ended', async () => {
    const ended = begin(
      {},
      { pod: { ...target, workload: 'Job/report', workloadUid: 'uid-Job-report', awaitsCompletion: true } },
    );
    await sync();
    expect(cluster.evictedNames).toEqual([]);
    cluster.pods.change({ ...target, phase: 'Failed' });
    await settle();
    expect(cluster.evictedNames).toEqual([target.name]);
    cluster.pods.remove(target);
    await expect(ended).resolves.toMatchObject({ outcome: 'Evicted' });
  });

  it('L4: fails at the deadline', async () => {
    const ended = begin({ budgets: [budget({ disruptionsAllowed: 0 })] }, { deadlineAt: START + 3000 });
    await sync();
    await settle(3000);
    await expect(ended).rejects.toMatchObject({ type: 'DrainTimeout', message: expect.not.stringContaining('counts') });
  });

  it('names the pods without a node that the budget waits for, with the reason of the scheduler', async () => {
    const pending = pod({
      name: 'web-new',
      nodeName: '',
      phase: 'Pending',
      ready: false,
      unschedulableMessage: '0/2 nodes are available: 1 Insufficient cpu.',
    });
    const ended = begin(
      { budgets: [budget({ disruptionsAllowed: 0 })], pods: [target, pending] },
      { deadlineAt: START + 3000 },
    );
    await sync();
    await settle(4000);
    await expect(ended).rejects.toMatchObject({
      type: 'DrainTimeout',
      message: expect.stringMatching(
        /raise timeoutSeconds\. Budget default\/web-pdb counts 1 pod without a node: default\/web-new \(0\/2 nodes are available: 1 Insufficient cpu\)\.$/,
      ) as unknown,
    });
  });

  const accepted: EvictionProgress = {
    podUid: target.uid,
    state: 'Terminating',
    message: 'accepted',
    attempts: 1,
    acceptedAt: '2026-01-01T23:59:00.000Z',
  };
  const attempts: [name: string, attempt: number, details: EvictionProgress, sent: number, outcome: string][] = [
    ['a second attempt continues the first', 2, accepted, 0, 'Evicted'],
    ['details of another pod are ignored', 2, { ...accepted, podUid: 'uid-other' }, 1, 'Evicted'],
    ['a first attempt ignores details', 1, accepted, 1, 'Evicted'],
  ];
  it.each(attempts)('G16: %s', async (_name, attempt, heartbeatDetails, sent, outcome) => {
    const ended = begin({}, {}, { attempt, heartbeatDetails });
    await sync();
    cluster.pods.remove(target);
    await expect(ended).resolves.toMatchObject({ outcome });
    expect(cluster.evictedNames).toHaveLength(sent);
  });

  const sent: EvictionProgress = {
    podUid: target.uid,
    state: 'Evicting',
    message: 'eviction sent',
    attempts: 1,
    unansweredAt: '2026-01-01T23:59:00.000Z',
  };
  const lost = {
    outcome: 'Evicted',
    evictedAt: '2026-01-01T23:59:00.000Z',
    message: 'the response to the eviction was lost; the pod terminated afterwards',
  };
  const losses: [name: string, details: EvictionProgress | undefined, found: PodFacts[], end: object][] = [
    ['sent, and the pod is gone: Evicted', sent, [], { ...lost, attempts: 1 }],
    [
      'sent, and the pod is terminating: Evicted',
      sent,
      [{ ...target, deletionTimestamp: GRACE_END }],
      { ...lost, attempts: 1 },
    ],
    [
      'sent, and the pod is there: sent again',
      sent,
      [target],
      { outcome: 'Evicted', attempts: 2, evictedAt: '2026-01-02T00:00:00.000Z' },
    ],
    [
      'unknown whether it was sent, and the pod is gone: Gone, cause unknown',
      undefined,
      [],
      {
        outcome: 'Gone',
        attempts: 0,
        message: 'unknown: whether the eviction removed the pod, because the worker was lost',
      },
    ],
  ];
  it.each(losses)('after the loss of a worker: %s', async (_name, heartbeatDetails, found, end) => {
    const ended = begin({ pods: found }, {}, { attempt: 2, heartbeatDetails });
    await sync();
    if (found.length > 0) cluster.pods.remove(target);
    await expect(ended).resolves.toEqual({ goneAt: '2026-01-02T00:00:00.000Z', ...end });
  });

  it('cancelled after a lost response, while the pod is terminating: Terminating', async () => {
    const found = [{ ...target, deletionTimestamp: GRACE_END }];
    const ended = begin({ pods: found }, {}, { attempt: 2, heartbeatDetails: sent });
    await sync();
    environment.cancel();
    await expect(ended).resolves.toEqual({ ...lost, outcome: 'Terminating', attempts: 1 });
  });

  it('L4: cancelled before it was sent: ends at once, and nothing is sent', async () => {
    const ended = begin({ budgets: [budget({ disruptionsAllowed: 0 })] });
    await sync();
    environment.cancel();
    await expect(ended).rejects.toBeInstanceOf(CancelledFailure);
    expect(cluster.evictedNames).toEqual([]);
  });

  it('cancelled while the cluster is opened: nothing is sent', async () => {
    const ended = begin();
    environment.cancel();
    await sync();
    await expect(ended).rejects.toBeInstanceOf(CancelledFailure);
    expect(cluster.evictedNames).toEqual([]);
  });

  it('cancelled after it was accepted: Terminating', async () => {
    const ended = begin();
    await sync();
    environment.cancel();
    await expect(ended).resolves.toEqual({
      outcome: 'Terminating',
      attempts: 1,
      evictedAt: '2026-01-02T00:00:00.000Z',
    });
  });

  const answers: [
    name: string,
    answer: Parameters<ReturnType<typeof cluster.hold<'evictPod'>>['release']>[0],
    end: string,
  ][] = [
    ['accepted', { kind: 'accepted' }, 'Terminating'],
    ['refused', { kind: 'blockedByBudget', message: 'not now' }, 'CancelledFailure'],
    ['answered with "gone"', { kind: 'gone' }, 'Gone'],
  ];
  it.each(answers)('cancelled during the call, which is then %s: waits for it', async (_name, answer, end) => {
    const ended = begin();
    const held = cluster.hold('evictPod');
    await sync();
    environment.cancel();
    let isOver = false;
    void ended.then(
      () => (isOver = true),
      () => (isOver = true),
    );
    await settle(10_000);
    expect(isOver).toBe(false);
    held.release(answer);
    await settle(10_000);
    await expect(
      ended.then(
        ({ outcome }) => outcome,
        (error: unknown) => (error as Error).name,
      ),
    ).resolves.toBe(end);
    expect(cluster.evictedNames).toEqual(['a']);
  });

  it('ends as cancelled at the worker’s shutdown, so that another worker continues', async () => {
    const ended = begin();
    await sync();
    environment.cancel('WORKER_SHUTDOWN', new ActivityCancellationDetails({ workerShutdown: true }));
    await expect(ended).rejects.toBeInstanceOf(CancelledFailure);
  });
});
