import { describe, expect, it } from '@jest/globals';
import { RecentOwners } from '../../../src/activities/support/recent-owners.ts';
import type { WorkloadFacts } from '../../../src/domain/cluster/facts.ts';
import { owner } from '../../builders/pod.ts';
import { replicaSet, workload } from '../../builders/workload.ts';

const WEB = { namespace: 'default', owner: owner('apps/v1', 'Deployment', 'web') };

/** A clock and an API server of one object, which the test moves and changes. */
class Scene {
  now = 1_000_000;
  count = 0;
  found: WorkloadFacts | null = workload();
  failure: Error | undefined;
  readonly owners = new RecentOwners(() => this.now);

  async find(maxAgeSeconds: number): Promise<WorkloadFacts | null> {
    return await this.owners.find(WEB, maxAgeSeconds, async () => {
      this.count += 1;
      await Promise.resolve();
      if (this.failure) throw this.failure;
      return this.found;
    });
  }
}

describe('RecentOwners', () => {
  const later: [name: string, maxAgeSeconds: number, seconds: number, found: WorkloadFacts | null, count: number][] = [
    ['a Deployment within the age is not read again', 15, 14.9, workload(), 1],
    ['an older one is', 15, 15, workload(), 2],
    ['one that has to be read now is', 0, 0, workload(), 2],
    ['a clock that was set back proves nothing', 15, -1, workload(), 2],
    ['an owner that is gone is remembered as well', 15, 14.9, null, 1],
    ['a ReplicaSet of a Deployment is read once a minute', 1, 59.9, replicaSet(), 1],
    ['and no less', 1, 60, replicaSet(), 2],
    ['also that has to be read now on request', 0, 1, replicaSet(), 2],
    [
      'one of another kind of owner has replicas of its own',
      1,
      1,
      replicaSet({ controller: owner('argoproj.io/v1alpha1', 'Rollout', 'web') }),
      2,
    ],
  ];
  it.each(later)('%s', async (_name, maxAgeSeconds, seconds, found, count) => {
    const scene = new Scene();
    scene.found = found;
    await scene.find(maxAgeSeconds);
    scene.now += seconds * 1000;
    await expect(scene.find(maxAgeSeconds)).resolves.toBe(found);
    expect(scene.count).toBe(count);
  });

  it('one request serves all who ask meanwhile, except those for whom it is too old', async () => {
    const scene = new Scene();
    await Promise.all([scene.find(1), scene.find(1), scene.find(0)]);
    expect(scene.count).toBe(2);
  });

  it('what is read now is remembered for the others', async () => {
    const scene = new Scene();
    await scene.find(1);
    scene.found = workload({ replicas: 1 });
    await scene.find(0);
    await expect(scene.find(1)).resolves.toMatchObject({ replicas: 1 });
    expect(scene.count).toBe(2);
  });

  it('a failure is not remembered', async () => {
    const scene = new Scene();
    scene.failure = new Error('no response');
    await expect(scene.find(1)).rejects.toThrow('no response');
    scene.failure = undefined;
    await expect(scene.find(1)).resolves.toEqual(workload());
  });
});
