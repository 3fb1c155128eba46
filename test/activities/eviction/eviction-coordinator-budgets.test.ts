import { describe, expect, it } from '@jest/globals';
import { ClusterFailure } from '../../../src/ports/cluster-failure.ts';
import { budget, taskBudget } from '../../builders/budget.ts';
import type { FakeClusterFacts } from '../../fakes/fake-cluster-facts.ts';
import { useFakeClock } from '../../fakes/fake-clock.ts';
import { CoordinatorStage, podsNamed } from './coordinator-harness.ts';

let stage: CoordinatorStage;

const start = async (facts: Partial<FakeClusterFacts>): Promise<void> => {
  stage = new CoordinatorStage(facts, 20);
  await stage.sync();
};

useFakeClock(() => {
  stage.coordinator.stop();
  return stage.cluster;
});

describe("EvictionCoordinator, beside an owner's new budget", () => {
  const addOwn = async (): Promise<void> => {
    stage.cluster.budgets.change(budget({ name: 'own', disruptionsAllowed: 1 }));
    await stage.settle();
  };

  it("removes this task's budget at once, and evicts within the owner's", async () => {
    await start({ pods: podsNamed('a'), budgets: [taskBudget('task-1', { disruptionsAllowed: 0 })] });
    const [entry] = stage.addAll();
    await addOwn();
    expect(stage.cluster.argsOf('deleteBudget')).toHaveLength(1);
    expect(entry!.progress.message).toMatch(/; this task's budget default\/web-pdb is being removed$/);
    stage.cluster.budgets.remove(taskBudget('task-1'));
    await stage.settle();
    expect(stage.cluster.evictedNames).toEqual(['a']);
    await stage.finish('a');
    await expect(entry!.done).resolves.toMatchObject({
      outcome: 'Evicted',
      notes: [
        expect.stringMatching(/^this task's budget default\/web-pdb was removed during the drain: default\/own /),
      ],
    });
  });

  it('shows why it cannot be removed, and tries again after five seconds', async () => {
    await start({ pods: podsNamed('a'), budgets: [taskBudget('task-1', { disruptionsAllowed: 0 })] });
    const [entry] = stage.addAll();
    stage.cluster.fail('deleteBudget', new ClusterFailure('Forbidden', 'delete is forbidden', 403));
    await addOwn();
    await stage.settle(4999);
    expect(stage.cluster.argsOf('deleteBudget')).toHaveLength(1);
    await stage.settle(2000);
    expect(entry!.progress.message).toMatch(/could not be removed: delete is forbidden$/);
    expect(stage.cluster.argsOf('deleteBudget')).toHaveLength(2);
  });

  it('leaves two budgets of other clients alone', async () => {
    await start({ pods: podsNamed('a'), budgets: [budget()] });
    const [entry] = stage.addAll();
    await stage.settle();
    // Evicted within the first budget.
    expect(stage.cluster.evictedNames).toEqual(['a']);
    await addOwn();
    expect(stage.cluster.argsOf('deleteBudget')).toEqual([]);
    expect(entry!.progress.state).toBe('Terminating');
  });
});
