import { describe, expect, it } from '@jest/globals';
import {
  findCluster,
  openProvenCluster,
  openVerifiedCluster,
  openVerifiedClusterOrRefuse,
  withProvenCluster,
} from '../../../src/activities/support/open-verified-cluster.ts';
import { DecommissionFailure } from '../../../src/domain/run/failures.ts';
import { ClusterFailure } from '../../../src/ports/cluster-failure.ts';
import { activityDependencies } from '../../builders/activity-dependencies.ts';
import { taskContext } from '../../builders/task-context.ts';
import { FakeCluster } from '../../fakes/fake-cluster.ts';

describe('openVerifiedCluster', () => {
  it('returns the planned cluster', async () => {
    const cluster = new FakeCluster();
    await expect(openVerifiedCluster(activityDependencies(cluster), taskContext())).resolves.toBe(cluster);
  });

  const others: [name: string, identity: { kubeSystemUid: string; caHashes: string[] }][] = [
    ['another kube-system', { kubeSystemUid: 'uid-other', caHashes: ['ca'] }],
    ['another CA', { kubeSystemUid: 'uid-kube-system', caHashes: ['other'] }],
  ];
  it.each(others)('%s: ClusterMismatch, retryable on another worker', async (_name, identity) => {
    const cluster = new FakeCluster();
    cluster.identity = identity;
    const opened = openVerifiedCluster(activityDependencies(cluster, { workerIdentity: '7@host' }), taskContext());
    await expect(opened).rejects.toMatchObject({
      type: 'ClusterMismatch',
      retryable: true,
      message: expect.stringMatching(
        /^worker 7@host: cluster "default" is not the one .*Nothing was changed there.*stop/,
      ),
    });
  });

  it('continues while the CA is rotated, and names the CA when none of its certificates is known', async () => {
    const cluster = new FakeCluster();
    cluster.identity = { kubeSystemUid: 'uid-kube-system', caHashes: ['new', 'ca'] };
    await expect(openVerifiedCluster(activityDependencies(cluster), taskContext())).resolves.toBe(cluster);
    cluster.identity = { kubeSystemUid: 'uid-kube-system', caHashes: ['new'] };
    await expect(openVerifiedCluster(activityDependencies(cluster), taskContext())).rejects.toThrow(
      'its kubeconfig has none of the CA certificates that it had then',
    );
  });

  it('a worker without that cluster: ClusterMismatch, retryable on another worker', async () => {
    const dependencies = { ...activityDependencies(new FakeCluster()), workerIdentity: '7@host' };
    const opened = openVerifiedCluster(dependencies, taskContext({ cluster: 'edge' }));
    await expect(opened).rejects.toMatchObject({
      type: 'ClusterMismatch',
      retryable: true,
      message: expect.stringMatching(
        /^worker 7@host has no cluster named "edge"; its configuration has "default"\. .*stop/,
      ),
    });
  });

  it('an API server that does not respond is a failure of the cluster', async () => {
    const cluster = new FakeCluster();
    cluster.fail('readIdentity', new ClusterFailure('Unreachable', 'no response'));
    await expect(openVerifiedCluster(activityDependencies(cluster), taskContext())).rejects.toMatchObject({
      reason: 'Unreachable',
    });
  });
});

const OTHER = { kubeSystemUid: 'uid-other', caHashes: ['ca'] };
const MISMATCH = { type: 'ClusterMismatch', retryable: true };

describe('openProvenCluster', () => {
  it('a proof of the last minute is enough', async () => {
    const cluster = new FakeCluster();
    await expect(openProvenCluster(activityDependencies(cluster), taskContext())).resolves.toBe(cluster);
    expect(cluster.argsOf('readIdentity')).toEqual([[{ maxAgeSeconds: 60 }]]);
  });

  it('a mismatch of the last minute is read again', async () => {
    const cluster = new FakeCluster();
    cluster.answer('readIdentity', OTHER);
    await expect(openProvenCluster(activityDependencies(cluster), taskContext())).resolves.toBe(cluster);
    expect(cluster.argsOf('readIdentity')).toEqual([[{ maxAgeSeconds: 60 }], []]);
  });

  it('another cluster: ClusterMismatch, retryable on another worker', async () => {
    const cluster = new FakeCluster();
    cluster.identity = OTHER;
    await expect(openProvenCluster(activityDependencies(cluster), taskContext())).rejects.toMatchObject(MISMATCH);
  });

  it('a worker without that cluster: ClusterMismatch', async () => {
    const opened = openProvenCluster(activityDependencies(new FakeCluster()), taskContext({ cluster: 'edge' }));
    await expect(opened).rejects.toMatchObject(MISMATCH);
  });
});

describe('withProvenCluster, when the API server has changed since the proof', () => {
  const attempt = async (failure: Error): Promise<unknown> => {
    const cluster = new FakeCluster();
    return await withProvenCluster(activityDependencies(cluster), taskContext(), () => {
      cluster.identity = OTHER;
      return Promise.reject(failure);
    });
  };

  it('a failure that would end the drain is ClusterMismatch, which another worker retries', async () => {
    const failure = new DecommissionFailure('NodeChanged', 'node node-1 no longer exists');
    await expect(attempt(failure)).rejects.toMatchObject(MISMATCH);
  });

  it('a failure that is retried anyway stays as it is', async () => {
    const failure = new ClusterFailure('Unreachable', 'no response');
    await expect(attempt(failure)).rejects.toBe(failure);
  });
});

describe('withProvenCluster', () => {
  it('a failure in the planned cluster stays as it is', async () => {
    const failure = new DecommissionFailure('NodeChanged', 'node node-1 no longer exists');
    const attempt = withProvenCluster(activityDependencies(new FakeCluster()), taskContext(), () =>
      Promise.reject(failure),
    );
    await expect(attempt).rejects.toBe(failure);
  });
});

describe('openVerifiedClusterOrRefuse', () => {
  it('returns the planned cluster', async () => {
    const cluster = new FakeCluster();
    await expect(openVerifiedClusterOrRefuse(activityDependencies(cluster), taskContext())).resolves.toBe(cluster);
  });

  it('refuses another cluster before anything is changed', async () => {
    const cluster = new FakeCluster();
    cluster.identity = { kubeSystemUid: 'uid-other', caHashes: ['ca'] };
    await expect(openVerifiedClusterOrRefuse(activityDependencies(cluster), taskContext())).rejects.toMatchObject({
      type: 'ClusterMismatch',
      retryable: false,
    });
  });

  it('refuses on a worker without that cluster', async () => {
    const opened = openVerifiedClusterOrRefuse(
      activityDependencies(new FakeCluster()),
      taskContext({ cluster: 'edge' }),
    );
    await expect(opened).rejects.toMatchObject({ type: 'ClusterMismatch', retryable: false });
  });
});

describe('findCluster', () => {
  const unknown: [name: string, known: string[], asked: string, message: string][] = [
    [
      'lists the configured clusters',
      ['a', 'b'],
      'c',
      'this worker has no cluster named "c"; its configuration has "a", "b".',
    ],
    ['reports that there are none', [], 'c', 'its configuration has none.'],
    ['quotes a long name in part', ['a'], 'x'.repeat(500), `"${'x'.repeat(60)}";`],
  ];
  it.each(unknown)('%s', (_name, known, asked, message) => {
    const clusters = new Map(known.map((name) => [name, new FakeCluster()]));
    const find = (): unknown => findCluster(clusters, asked);
    expect(find).toThrow(expect.objectContaining({ type: 'InvalidInput', message: expect.stringContaining(message) }));
  });
});
