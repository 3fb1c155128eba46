import { describe, expect, it } from '@jest/globals';
import { findCluster, openCluster } from '../../src/activities/open-cluster.ts';
import { activityDependencies } from '../builders/activity-dependencies.ts';
import { taskContext } from '../builders/task-context.ts';
import { FakeCluster } from '../fakes/fake-cluster.ts';

describe('openCluster', () => {
  it('gives the cluster that was planned for', async () => {
    const cluster = new FakeCluster();
    await expect(openCluster(activityDependencies(cluster), taskContext())).resolves.toBe(cluster);
  });

  const others: [name: string, identity: { kubeSystemUid: string; caHash: string }][] = [
    ['another kube-system', { kubeSystemUid: 'uid-other', caHash: 'ca' }],
    ['another CA', { kubeSystemUid: 'uid-kube-system', caHash: 'other' }],
  ];
  it.each(others)('%s: ClusterMismatch', async (_name, identity) => {
    const cluster = new FakeCluster();
    cluster.identity = identity;
    const opened = openCluster(activityDependencies(cluster), taskContext());
    await expect(opened).rejects.toMatchObject({ type: 'ClusterMismatch', retryable: false });
  });
});

describe('findCluster', () => {
  const unknown: [name: string, known: string[], asked: string, message: string][] = [
    ['names those it knows', ['a', 'b'], 'c', 'this worker has no cluster named "c"; it knows "a", "b".'],
    ['or says that there are none', [], 'c', 'it knows none.'],
    ['quotes a long name in part', ['a'], 'x'.repeat(500), `"${'x'.repeat(60)}";`],
  ];
  it.each(unknown)('%s', (_name, known, asked, message) => {
    const clusters = new Map(known.map((name) => [name, new FakeCluster()]));
    const find = (): unknown => findCluster(clusters, asked);
    expect(find).toThrow(expect.objectContaining({ type: 'InvalidInput', message: expect.stringContaining(message) }));
  });
});
