import { describe, expect, it } from '@jest/globals';
import { CancelledFailure } from '@temporalio/common';
import type { MockActivityEnvironment } from '@temporalio/testing';
import {
  awaitReplacements,
  type AwaitReplacementsInput,
} from '../../../src/activities/readiness/await-replacements.ts';
import type { PodFacts } from '../../../src/domain/cluster/facts.ts';
import type { ReplacementEnd } from '../../../src/domain/replacements/describe-replacements.ts';
import { ClusterFailure } from '../../../src/ports/cluster-failure.ts';
import { activityDependencies } from '../../builders/activity-dependencies.ts';
import { owner, pod } from '../../builders/pod.ts';
import { activityEnvironment, runIn } from '../../builders/run-activity.ts';
import { taskContext } from '../../builders/task-context.ts';
import { selector, workload } from '../../builders/workload.ts';
import { FakeCluster } from '../../fakes/fake-cluster.ts';
import { settle, START, useFakeClock } from '../../fakes/fake-clock.ts';

const WAIT_MILLISECONDS = 600_000;

let cluster: FakeCluster;
let environment: MockActivityEnvironment;
let messages: string[];

const web = { namespace: 'default', owner: owner('apps/v1', 'Deployment', 'web'), readyBefore: 2 };
const api = { namespace: 'default', owner: owner('apps/v1', 'Deployment', 'api'), readyBefore: 1 };
const WORKLOADS = [
  workload({ replicas: 2 }),
  workload({ name: 'api', replicas: 1, selector: selector({ app: 'api' }) }),
];

const there = (name: string, overrides: Partial<PodFacts> = {}): PodFacts =>
  pod({ name, nodeName: 'node-2', ...overrides });
const PENDING = { nodeName: '', phase: 'Pending', ready: false } as const;

const begin = (
  pods: readonly PodFacts[],
  input: Partial<AwaitReplacementsInput> = {},
): Promise<readonly ReplacementEnd[]> => {
  cluster = new FakeCluster({ workloads: WORKLOADS, pods: [...pods] });
  environment = activityEnvironment();
  messages = [];
  environment.on('heartbeat', ({ message }: { message: string }) => messages.push(message));
  const ended = runIn(environment, awaitReplacements(activityDependencies(cluster)), taskContext(), {
    nodeName: 'node-1',
    workloads: [web],
    deadlineAt: START + WAIT_MILLISECONDS,
    endsAtDeadline: false,
    ...input,
  });
  ended.catch(() => undefined);
  return ended;
};

useFakeClock(() => cluster);

describe('awaitReplacements', () => {
  it('takes one GET and one LIST of each workload whose replacements are Ready, and no watch', async () => {
    const pods = [there('a'), there('b'), there('api', { labels: { app: 'api' } })];
    await expect(begin(pods, { workloads: [web, api] })).resolves.toEqual([
      {
        workload: 'Deployment default/web',
        isReplaced: true,
        seconds: 0,
        message: 'Deployment default/web: 2 of 2 Ready',
      },
      {
        workload: 'Deployment default/api',
        isReplaced: true,
        seconds: 0,
        message: 'Deployment default/api: 1 of 1 Ready',
      },
    ]);
    expect(cluster.argsOf('readWorkload')).toHaveLength(2);
    expect(cluster.argsOf('readPods')).toHaveLength(2);
  });

  it('watches the others, names their pods, and sends no request until something changes', async () => {
    const ended = begin([there('a'), there('b', PENDING)]);
    await settle();
    cluster.pods.sync();
    await settle();
    cluster.pods.change(there('b', { ...PENDING, unschedulableMessage: '0/3 nodes are available.' }));
    await settle(12_000);
    expect(messages.at(-1)).toContain(
      'waiting until replacements of its pods are Ready: Deployment default/web: 1 of 2 Ready; pod b is Pending: 0/3 nodes are available. Fix what blocks them',
    );
    expect(cluster.calls).toHaveLength(3);
    cluster.pods.change(there('b'));
    await expect(ended).resolves.toMatchObject([{ isReplaced: true, seconds: 12 }]);
  });

  it.each([
    ['scales it down', 1],
    ['deletes it', undefined],
  ] as const)('ends within half a minute after its owner %s', async (_case, replicas) => {
    const ended = begin([there('a'), there('b', PENDING)]);
    await settle();
    cluster.pods.sync();
    cluster.workloads = replicas === undefined ? [] : [workload({ replicas })];
    await settle(30_000);
    await expect(ended).resolves.toMatchObject([{ isReplaced: true, seconds: 30 }]);
  });

  it('follows at most 20 workloads at once, and the others afterwards', async () => {
    const names = Array.from({ length: 25 }, (_, index) => `web-${index}`);
    const ended = begin([], { workloads: [] });
    await ended;
    const workloads = names.map((name) => workload({ name, replicas: 1, selector: selector({ app: name }) }));
    const pods = names.map((name) => there(name, { ...PENDING, labels: { app: name } }));
    cluster = new FakeCluster({ workloads, pods });
    const all = runIn(environment, awaitReplacements(activityDependencies(cluster)), taskContext(), {
      nodeName: 'node-1',
      workloads: names.map((name) => ({ ...web, owner: owner('apps/v1', 'Deployment', name), readyBefore: 1 })),
      endsAtDeadline: false,
    });
    await settle();
    expect(cluster.followerCount).toBe(20);
    for (const each of pods) cluster.pods.change(there(each.name, { labels: each.labels }));
    cluster.pods.sync();
    await settle();
    expect(cluster.followerCount).toBe(5);
    cluster.pods.sync();
    await expect(all).resolves.toHaveLength(25);
  });

  it('fails at the deadline, and names what is missing and what helps', async () => {
    const ended = begin([there('a'), there('b', PENDING)]);
    await settle(WAIT_MILLISECONDS);
    await expect(ended).rejects.toMatchObject({
      type: 'DrainTimeout',
      message: expect.stringMatching(
        /were not Ready at the deadline: Deployment default\/web: 1 of 2 Ready; pod b is Pending.*waitForReplacements: false\.$/,
      ),
    });
  });

  it('ends at the deadline without a failure where pods are deleted at it', async () => {
    const ended = begin([there('a')], { endsAtDeadline: true });
    await settle(WAIT_MILLISECONDS);
    await expect(ended).resolves.toMatchObject([{ isReplaced: false, seconds: 600 }]);
  });

  it('checks once after the deadline', async () => {
    await expect(begin([there('a'), there('b')], { deadlineAt: START - 1 })).resolves.toHaveLength(1);
    await expect(begin([there('a')], { deadlineAt: START - 1 })).rejects.toMatchObject({ type: 'DrainTimeout' });
  });

  it('reads what is skipped once, and does not wait for it', async () => {
    const since = START - 40_000;
    const ended = begin([there('a'), there('b', PENDING)], { workloads: [], skipped: [web], since });
    await expect(ended).resolves.toEqual([
      {
        workload: 'Deployment default/web',
        isReplaced: false,
        seconds: 40,
        message: expect.stringMatching(/^Deployment default\/web: 1 of 2 Ready; pod b is Pending/),
      },
    ]);
    await expect(begin([], { workloads: [api], skipped: [web], deadlineAt: START - 1 })).rejects.toMatchObject({
      message: expect.stringMatching(/at the deadline: Deployment default\/api: 0 of 1 Ready(?!.*default\/web)/),
    });
  });

  it('shows what is wrong with the watch', async () => {
    const ended = begin([there('a')]);
    await settle();
    cluster.pods.trouble(new ClusterFailure('Unreachable', 'the API server did not respond'));
    await settle(30_000);
    expect(messages.at(-1)).toContain('the API server did not respond');
    environment.cancel();
    await expect(ended).rejects.toThrow(CancelledFailure);
  });
});
