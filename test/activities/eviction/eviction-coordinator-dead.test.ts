import { describe, expect, it } from '@jest/globals';
import { node } from '../../builders/node.ts';
import { pod } from '../../builders/pod.ts';
import { useFakeClock } from '../../fakes/fake-clock.ts';
import { GRACE_END } from '../../fakes/fake-cluster.ts';
import { CoordinatorStage, hasEnded, podsNamed } from './coordinator-harness.ts';

let stage: CoordinatorStage;

useFakeClock(() => {
  stage.coordinator.stop();
  return stage.cluster;
});

describe('EvictionCoordinator on a dead node', () => {
  it('a pod of a node that does not report ends as terminating after its grace period, if the request allows that', async () => {
    const terminating = ['b', 'c'].map((name) => pod({ name, deletionTimestamp: GRACE_END }));
    stage = new CoordinatorStage(
      {
        pods: [...podsNamed('a'), ...terminating],
        nodes: [node({ unschedulable: true, ready: false, isSilent: true })],
      },
      20,
    );
    await stage.sync();
    stage.coordinator.guard(() => undefined);
    stage.cluster.nodes.sync();
    const ours = stage.add(pod({ name: 'a' }), { leavesDead: true });
    const foreign = stage.add(pod({ name: 'b' }), { leavesDead: true });
    const waiting = stage.add(pod({ name: 'c' }));
    await stage.settle(1000);
    stage.cluster.pods.sync();
    await stage.settle(29_000);
    expect([await hasEnded(ours), await hasEnded(foreign)]).toEqual([false, false]);
    await stage.settle(10_000);
    await expect(ours.done).resolves.toMatchObject({
      outcome: 'Terminating',
      attempts: 1,
      evictedAt: expect.any(String) as unknown,
    });
    await expect(foreign.done).resolves.toMatchObject({ outcome: 'Terminating', attempts: 0 });
    expect(await hasEnded(waiting)).toBe(false);
    expect(stage.cluster.evictedNames).toEqual(['a']);
  });
});
