import { describe, expect, it } from '@jest/globals';
import { readWorkloadIndex } from '../../../src/activities/support/read-workload-index.ts';
import { ClusterFailure } from '../../../src/ports/cluster-failure.ts';
import { owner, pod } from '../../builders/pod.ts';
import { FakeCluster } from '../../fakes/fake-cluster.ts';

const forbidden = new ClusterFailure('Forbidden', 'forbidden', 403);

describe('readWorkloadIndex', () => {
  it('assumes that an owner of an unreadable kind exists, and marks it as unreadable', async () => {
    const cluster = new FakeCluster({});
    cluster.fail('readWorkload', forbidden);
    const controller = owner('argoproj.io/v1alpha1', 'Rollout', 'web');
    const index = await readWorkloadIndex(cluster, [pod({ controller })]);
    expect(index[controller.uid]).toMatchObject({ kind: 'Rollout', name: 'web', unreadable: true });
  });

  it.each(['v1', 'apps/v1', 'batch/v1'])(
    'fails for an owner of %s, which every run must be able to read',
    async (apiVersion) => {
      const cluster = new FakeCluster({});
      cluster.fail('readWorkload', forbidden);
      const controller = owner(apiVersion, 'Something', 'web');
      await expect(readWorkloadIndex(cluster, [pod({ controller })])).rejects.toBe(forbidden);
    },
  );

  it('keeps an owner that is gone as null', async () => {
    const controller = owner('apps/v1', 'StatefulSet', 'gone');
    const index = await readWorkloadIndex(new FakeCluster({}), [pod({ controller })]);
    expect(index[controller.uid]).toBeNull();
  });
});
