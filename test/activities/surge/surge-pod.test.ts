import { describe, expect, it, jest } from '@jest/globals';
import { surgePod, type SurgePodInput, type SurgeResult } from '../../../src/activities/surge/surge-pod.ts';
import {
  DELETION_COST_ANNOTATION,
  LOWEST_DELETION_COST,
  SURGE_LABEL,
} from '../../../src/domain/cluster/annotations.ts';
import type { DeploymentFacts, PodFacts } from '../../../src/domain/cluster/facts.ts';
import { ClusterFailure } from '../../../src/ports/cluster-failure.ts';
import { activityDependencies } from '../../builders/activity-dependencies.ts';
import { budget } from '../../builders/budget.ts';
import { deployment } from '../../builders/deployment.ts';
import { heldNode } from '../../builders/owned-node.ts';
import { owner, pod } from '../../builders/pod.ts';
import { activityEnvironment, runIn } from '../../builders/run-activity.ts';
import { nodeTarget, taskContext } from '../../builders/task-context.ts';
import { FakeCluster, GRACE_END } from '../../fakes/fake-cluster.ts';
import type { FakeClusterFacts } from '../../fakes/fake-cluster-facts.ts';

jest.setTimeout(20_000);

const second = pod({ name: 'web-1-b', nodeName: 'node-2' });

const input = (overrides: Partial<SurgePodInput> = {}): SurgePodInput => ({
  node: nodeTarget(),
  pod: { ...pod(), workloadUid: 'uid-Deployment-web', workload: 'Deployment/web' },
  deployment: owner('apps/v1', 'Deployment', 'web'),
  ...overrides,
});

const cluster = (facts: Partial<FakeClusterFacts> = {}): FakeCluster =>
  new FakeCluster({ nodes: [heldNode()], pods: [pod()], deployments: [deployment()], ...facts });

/**
 * Acts as the controllers before every read of the Deployment: creates the second pod, and removes the one that it should. `interfere`: another
 * client, before that.
 */
const control = (
  fake: FakeCluster,
  interfere: (web: DeploymentFacts) => DeploymentFacts = (web) => web,
): FakeCluster => {
  const read = fake.readDeployment.bind(fake);
  const listActive = () => fake.pods.all.filter((each) => each.deletionTimestamp === undefined);
  fake.readDeployment = (namespace, name) => {
    const found = fake.deployments.find('web', 'default');
    if (found) {
      const web = interfere(found);
      const active = listActive();
      if (active.length < web.replicas) fake.pods.store(second);
      if (active.length > web.replicas) fake.pods.store({ ...pickVictim(active), deletionTimestamp: GRACE_END });
      const podCount = listActive().length;
      const counts = { podCount, updatedCount: podCount, readyCount: podCount, availableCount: podCount };
      fake.deployments.store({ ...web, ...counts, observedGeneration: web.generation });
    }
    return read(namespace, name);
  };
  return fake;
};

/** The newest one, unless one has a lower deletion cost. */
const pickVictim = (pods: readonly PodFacts[]): PodFacts =>
  pods.find(({ annotations }) => annotations[DELETION_COST_ANNOTATION] === LOWEST_DELETION_COST) ?? pods.at(-1)!;

const run = async (
  fake: FakeCluster,
  given = input(),
): Promise<{ result: Promise<SurgeResult>; messages: string[] }> => {
  const environment = activityEnvironment();
  const messages: string[] = [];
  environment.on('heartbeat', (details: { message?: string } | undefined) => messages.push(details?.message ?? ''));
  const result = runIn(environment, surgePod(activityDependencies(fake)), taskContext(), given);
  result.catch(() => undefined);
  return Promise.resolve({ result, messages });
};

const expectMoved = (fake: FakeCluster, result: SurgeResult): void => {
  expect(result.isRemoved).toBe(true);
  expect(fake.deployments.find('web', 'default')).toMatchObject({ replicas: 1, labels: {} });
  expect(fake.pods.find('web-1-a', 'default')?.deletionTimestamp).toBe(GRACE_END);
  expect(fake.pods.find('web-1-b', 'default')?.deletionTimestamp).toBeUndefined();
};

describe('surgePod', () => {
  it('starts the second replica, lets the first go, and leaves the Deployment as it was', async () => {
    const fake = control(cluster());
    const { result } = await run(fake);
    const ended = await result;
    expectMoved(fake, ended);
    expect(ended.note).toBe(
      'Deployment default/web: pod default/web-1-b on node node-2 was available before its only pod was removed',
    );
    expect(fake.argsOf('patchDeployment').map(([, change]) => change)).toEqual([
      { replicas: 2, labels: { [SURGE_LABEL]: expect.any(String) } },
      { replicas: 1, labels: {} },
      { labels: { [SURGE_LABEL]: null } },
    ]);
    expect(fake.evictedNames).toEqual([]);
  });

  it.each(['patchDeployment', 'annotatePod', 'tryEviction'] as const)(
    'continues on another attempt after a lost response of %s',
    async (call) => {
      const fake = control(cluster());
      if (call === 'tryEviction') fake.fail(call, new ClusterFailure('Unreachable', 'reset'));
      else fake.loseAnswer(call);
      await expect((await run(fake)).result).rejects.toMatchObject({ reason: 'Unreachable' });
      expectMoved(fake, await (await run(fake)).result);
    },
  );

  it('waits as long as the budget of the owner allows no eviction, and names it', async () => {
    const fake = control(cluster({ budgets: [budget({ disruptionsAllowed: 0 })] }));
    const { result, messages } = await run(fake, input({ deadlineAt: Date.now() }));
    await expect(result).rejects.toMatchObject({
      type: 'DrainTimeout',
      message: expect.stringContaining('it would violate the budget') as unknown,
    });
    expect(messages.join()).not.toContain('undefined');
    expect(fake.deployments.find('web', 'default')?.replicas).toBe(2);
    expect(fake.pods.all.every(({ deletionTimestamp }) => deletionTimestamp === undefined)).toBe(true);
  });

  it.each<[string, Partial<FakeClusterFacts>, string]>([
    ['the strategy', { deployments: [deployment({ strategy: 'Recreate' })] }, 'its strategy is Recreate'],
    [
      'an autoscaler that was created since the plan',
      { autoscalers: [{ namespace: 'default', name: 'hpa', targetKind: 'Deployment', targetName: 'web' }] },
      'HorizontalPodAutoscaler hpa',
    ],
  ])('changes nothing when it cannot work because of %s', async (_name, facts, text) => {
    const fake = control(cluster(facts));
    await expect((await run(fake)).result).rejects.toMatchObject({
      type: 'SurgeNotPossible',
      message: expect.stringContaining(text) as unknown,
    });
    expect(fake.argsOf('patchDeployment')).toEqual([]);
  });

  it('ends when another client scales', async () => {
    const fake = control(cluster(), (web) => (web.replicas === 2 ? { ...web, replicas: 4 } : web));
    await expect((await run(fake)).result).rejects.toMatchObject({ type: 'SurgeInterrupted', retryable: false });
  });

  it('ends when the controller removes the new pod', async () => {
    const fake = control(cluster());
    const annotate = fake.annotatePod.bind(fake);
    // A controller that ignores the cost.
    fake.annotatePod = (target, change) => annotate(target, { ...change, [DELETION_COST_ANNOTATION]: '0' });
    await expect((await run(fake)).result).rejects.toMatchObject({
      type: 'SurgeInterrupted',
      message: expect.stringContaining('kept pod default/web-1-a') as unknown,
    });
    expect(fake.pods.find('web-1-a', 'default')?.deletionTimestamp).toBeUndefined();
  });

  it('puts the Deployment back when the old pod goes by itself', async () => {
    const fake = control(cluster());
    fake.before('tryEviction', () => {
      fake.pods.drop('web-1-a', 'default');
    });
    const result = await (await run(fake)).result;
    expect(result.isRemoved).toBe(true);
    expect(fake.deployments.find('web', 'default')).toMatchObject({ replicas: 1, labels: {} });
  });

  it('does nothing for a Deployment that another client has scaled up', async () => {
    const fake = cluster({ deployments: [deployment({ replicas: 3 })] });
    expect(await (await run(fake)).result).toEqual({ isRemoved: false, note: '' });
    expect(fake.argsOf('patchDeployment')).toEqual([]);
  });

  it('changes nothing on a node that is no longer cordoned', async () => {
    const fake = cluster({ nodes: [heldNode({ unschedulable: false })] });
    await expect((await run(fake)).result).rejects.toMatchObject({ type: 'CordonLost' });
    expect(fake.argsOf('patchDeployment')).toEqual([]);
  });

  it('needs the Eviction API to accept a dry run', async () => {
    const fake = control(cluster());
    fake.answer('tryEviction', { kind: 'invalid', message: 'the webhook does not support dry run' });
    await expect((await run(fake)).result).rejects.toMatchObject({
      type: 'EvictionRefused',
      message: expect.stringContaining('the webhook does not support dry run') as unknown,
    });
  });
});
