import { describe, expect, it } from '@jest/globals';
import { placePods } from '../../../src/activities/plan/place-pods.ts';
import { NO_PLACEMENTS } from '../../../src/domain/scheduling/judged-placement.ts';
import { pod } from '../../builders/pod.ts';
import { rescheduling } from '../../builders/rescheduling.ts';
import { replicaSet, workload, workloadIndex } from '../../builders/workload.ts';
import { FakeScheduler } from '../../fakes/fake-scheduler.ts';

describe('placePods', () => {
  it('runs every planned trial in one session, and closes it', async () => {
    const scheduler = new FakeScheduler();
    const { byUid, trialCount } = await placePods(scheduler, rescheduling([pod()]));

    expect(byUid[pod().uid]).toMatchObject({ verdict: 'fits', nodeName: 'node-2' });
    expect([scheduler.opened.length, scheduler.trials.length, scheduler.closedCount]).toEqual([1, trialCount, 1]);
  });

  it('runs only the drain when every pod has a place in any order', async () => {
    const [roomy, tight] = [new FakeScheduler(), new FakeScheduler()];
    const moved = ['a', 'b'].map((name) => pod({ name, requests: { cpu: 1000 } }));
    await placePods(roomy, rescheduling(moved));
    await placePods(tight, rescheduling(moved.map((each) => ({ ...each, requests: { cpu: 2100 } }))));

    expect(roomy.trials.map(({ leave, choice }) => [leave, choice])).toEqual([['oneByOne', 'scheduler']]);
    expect(tight.trials.length).toBeGreaterThan(10);
  });

  it('does not start the scheduler when no pod moves', async () => {
    const scheduler = new FakeScheduler();

    expect(await placePods(scheduler, rescheduling([]))).toEqual(NO_PLACEMENTS);
    expect(scheduler.opened).toEqual([]);
  });

  it('does not start it either when templates name the nodes of all pods', async () => {
    const scheduler = new FakeScheduler();
    const workloads = workloadIndex(replicaSet(), workload({ templateNodeName: 'node-2' }));
    const { byUid } = await placePods(scheduler, rescheduling([pod()], { workloads }));

    expect(byUid[pod().uid]).toMatchObject({ verdict: 'unknown', isBypassing: true });
    expect(scheduler.opened).toEqual([]);
  });

  it('closes the session when a trial fails', async () => {
    const scheduler = new FakeScheduler();
    scheduler.failure = new Error('out of memory');

    await expect(placePods(scheduler, rescheduling([pod()]))).rejects.toThrow('out of memory');
    expect(scheduler.closedCount).toBe(1);
  });

  it('ends before the next trial when it is cancelled, and closes the session', async () => {
    const scheduler = new FakeScheduler();
    const cancelled = AbortSignal.abort(new Error('cancelled'));

    await expect(placePods(scheduler, rescheduling([pod()]), cancelled)).rejects.toThrow('cancelled');
    expect([scheduler.trials.length, scheduler.closedCount]).toEqual([0, 1]);
  });
});
