import { beforeEach, describe, expect, it } from '@jest/globals';
import type { EvictionEntry } from '../../../src/activities/eviction/eviction-entry.ts';
import type { EvictionRequest } from '../../../src/activities/eviction/eviction-request.ts';
import { START, useFakeClock } from '../../fakes/fake-clock.ts';
import { CoordinatorStage, hasEnded, podsNamed } from './coordinator-harness.ts';

const LIMIT = 600_000;
const WAIT = 'waiting until its work for Job/report has ended (jobs: waitForCompletion)';

let stage: CoordinatorStage;

useFakeClock(() => {
  stage.coordinator.stop();
  return stage.cluster;
});

beforeEach(async () => {
  stage = new CoordinatorStage({ pods: podsNamed('job', 'web') }, 20);
  await stage.sync();
});

const find = (name: string): ReturnType<CoordinatorStage['cluster']['pods']['find']> =>
  stage.cluster.pods.find(name, 'default');

const addJob = (overrides: Partial<EvictionRequest> = {}): EvictionEntry =>
  stage.add(find('job')!, { awaitedJob: 'Job/report', ...overrides });

describe('EvictionCoordinator with a pod of a Job that is waited for', () => {
  it('evicts other pods at once, and the pod of the Job when its containers have ended', async () => {
    const entry = addJob();
    stage.add(find('web')!);
    await stage.settle(60_000);
    expect(stage.cluster.evictedNames).toEqual(['web']);
    expect(entry.progress).toMatchObject({
      state: 'AwaitsCompletion',
      message: WAIT,
      stuck: { cause: 'job', subject: 'Job/report' },
      attempts: 0,
    });
    stage.cluster.pods.change({ ...find('job')!, phase: 'Succeeded' });
    await stage.settle();
    expect(stage.cluster.evictedNames).toEqual(['web', 'job']);
    await stage.finish('job');
    await expect(entry.done).resolves.toMatchObject({
      outcome: 'Evicted',
      message: 'evicted after its containers had ended (jobs: waitForCompletion)',
    });
  });

  it('ends without an eviction when the pod is removed with its Job', async () => {
    const entry = addJob();
    await stage.settle(60_000);
    await stage.finish('job');
    const end = await entry.done;
    expect([end.outcome, end.message]).toEqual(['Gone', undefined]);
    expect(stage.cluster.evictedNames).toEqual([]);
  });

  it('fails at the deadline with what helps', async () => {
    const entry = addJob({ deadlineAt: START + LIMIT });
    await stage.settle(LIMIT - 1);
    expect(await hasEnded(entry)).toBe(false);
    await stage.settle(1);
    await expect(entry.done).rejects.toThrow(
      `pod default/job was still on the node at the deadline (AwaitsCompletion: ${WAIT}). Raise timeoutSeconds, or set jobs: evict, which starts its work over in a new pod.`,
    );
    expect(stage.cluster.evictedNames).toEqual([]);
  });

  it('deletes the pod before the deadline under onTimeout: delete', async () => {
    const entry = addJob({ deadlineAt: START + LIMIT, deletesAtDeadline: true });
    await stage.settle(LIMIT - 30_000);
    expect(stage.cluster.argsOf('deletePod')).toEqual([[entry.request.pod]]);
    await stage.finish('job');
    await expect(entry.done).resolves.toMatchObject({
      outcome: 'Gone',
      notes: [`pod default/job was deleted shortly before the deadline (onTimeout: delete): ${WAIT}`],
    });
  });
});
