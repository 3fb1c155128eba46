import { describe, expect, it } from '@jest/globals';
import { ClusterFailure } from '../../../src/ports/cluster-failure.ts';
import type { EvictionEntry } from '../../../src/activities/eviction/eviction-entry.ts';
import type { PodFacts } from '../../../src/domain/cluster/facts.ts';
import { budget } from '../../builders/budget.ts';
import { pod } from '../../builders/pod.ts';
import { START, useFakeClock } from '../../fakes/fake-clock.ts';
import { CoordinatorStage } from './coordinator-harness.ts';

const LIMIT = 600_000;
/** Its grace period of 30 s and five seconds before the deadline. */
const MOMENT = LIMIT - 35_000;

let stage: CoordinatorStage;

useFakeClock(() => {
  stage.coordinator.stop();
  return stage.cluster;
});

/** One pod under a budget that never allows its eviction. */
const addBlocked = async (deletesAtDeadline: boolean, overrides: Partial<PodFacts> = {}): Promise<EvictionEntry> => {
  const each = pod({ name: 'a', ...overrides });
  stage = new CoordinatorStage({ pods: [each], budgets: [budget({ disruptionsAllowed: 0 })] }, 20);
  await stage.sync();
  return stage.add(each, { deadlineAt: START + LIMIT, deletesAtDeadline });
};

describe('EvictionCoordinator with onTimeout: delete', () => {
  it('deletes a pod with its own grace period before the deadline, and records why', async () => {
    const entry = await addBlocked(true);
    await stage.settle(MOMENT - 1);
    expect(stage.cluster.argsOf('deletePod')).toEqual([]);
    await stage.settle(1);
    expect(stage.cluster.argsOf('deletePod')).toEqual([[entry.request.pod]]);
    expect(entry.progress).toMatchObject({ state: 'Terminating', attempts: 0 });
    await stage.settle(10_000);
    await stage.finish('a');
    await expect(entry.done).resolves.toMatchObject({
      outcome: 'Gone',
      message: 'deleted at 2026-01-02T00:09:25.000Z, without regard to its budgets',
      notes: [
        'pod default/a was deleted shortly before the deadline (onTimeout: delete): budget default/web-pdb allows 0 now: 3 healthy, 2 needed',
      ],
    });
    expect(stage.cluster.argsOf('deletePod')).toHaveLength(1);
    expect(stage.cluster.evictedNames).toEqual([]);
  });

  it('tries a deletion that failed again, and shows why it failed', async () => {
    const entry = await addBlocked(true);
    stage.cluster.fail('deletePod', new ClusterFailure('Forbidden', 'delete is forbidden', 403));
    await stage.settle(MOMENT);
    expect(entry.toProgress().message).toMatch(
      /; meanwhile: its deletion before the deadline failed: delete is forbidden$/,
    );
    await stage.settle(6000);
    expect(stage.cluster.argsOf('deletePod')).toHaveLength(2);
    expect(entry.progress.state).toBe('Terminating');
  });

  it('counts the time that a pod had to wait for others before', async () => {
    const each = pod({ name: 'a' });
    stage = new CoordinatorStage({ pods: [each], budgets: [budget({ disruptionsAllowed: 0 })] }, 20);
    await stage.sync();
    await stage.settle(MOMENT);
    stage.add(each, { deadlineAt: START + LIMIT, deletesAtDeadline: true, startedAt: START });
    await stage.settle();
    expect(stage.cluster.argsOf('deletePod')).toHaveLength(1);
  });

  it('leaves a pod alone that terminates already', async () => {
    await addBlocked(true, { deletionTimestamp: '2026-01-02T00:00:30.000Z' });
    await stage.settle(LIMIT - 1);
    expect(stage.cluster.argsOf('deletePod')).toEqual([]);
  });

  it('deletes nothing after a cancellation, and without the option', async () => {
    await addBlocked(false);
    await stage.settle(LIMIT - 1);
    expect(stage.cluster.argsOf('deletePod')).toEqual([]);
    stage.coordinator.stop();
    const abort = new AbortController();
    const each = pod({ name: 'a' });
    stage = new CoordinatorStage({ pods: [each], budgets: [budget({ disruptionsAllowed: 0 })] }, 20);
    await stage.sync();
    stage.add(each, { deadlineAt: Date.now() + LIMIT, deletesAtDeadline: true, signal: abort.signal });
    abort.abort();
    await stage.settle(LIMIT - 1);
    expect(stage.cluster.argsOf('deletePod')).toEqual([]);
  });
});
