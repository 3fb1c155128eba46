import { describe, expect, it } from '@jest/globals';
import { releaseSurges } from '../../../src/activities/surge/release-surges.ts';
import {
  DELETION_COST_ANNOTATION as COST,
  EARLIER_DELETION_COST_ANNOTATION as EARLIER,
  HIGHEST_DELETION_COST,
  LOWEST_DELETION_COST,
} from '../../../src/domain/cluster/annotations.ts';
import type { DeploymentFacts, PodFacts } from '../../../src/domain/cluster/facts.ts';
import type { UndoReport } from '../../../src/domain/run/report.ts';
import { ClusterFailure } from '../../../src/ports/cluster-failure.ts';
import { activityDependencies } from '../../builders/activity-dependencies.ts';
import { surgedDeployment } from '../../builders/deployment.ts';
import { pod } from '../../builders/pod.ts';
import { runActivity } from '../../builders/run-activity.ts';
import { taskContext } from '../../builders/task-context.ts';
import { FakeCluster } from '../../fakes/fake-cluster.ts';
import { conflict } from '../../fakes/fake-collection.ts';

const TASK = '42';
const ACTION = 'scale Deployment default/web back to one replica';
const ours = (overrides: Partial<DeploymentFacts> = {}): DeploymentFacts => surgedDeployment(overrides, TASK);
const old = (cost: string): PodFacts => pod({ annotations: { [COST]: cost, [EARLIER]: '' } });

/** The controller removes a pod as soon as the count is one. */
const cluster = (web: DeploymentFacts, pods: readonly PodFacts[] = []): FakeCluster => {
  const fake = new FakeCluster({ deployments: [web], pods });
  const patch = fake.patchDeployment.bind(fake);
  fake.patchDeployment = async (target, change) => {
    const written = await patch(target, change);
    return fake.deployments.store({ ...written, podCount: written.replicas, observedGeneration: written.generation });
  };
  return fake;
};

const release = (fake: FakeCluster): Promise<readonly UndoReport[]> =>
  runActivity(releaseSurges(activityDependencies(fake)), [taskContext()]);

const webOf = (fake: FakeCluster): DeploymentFacts | undefined => fake.deployments.find('web', 'default');

describe('releaseSurges', () => {
  it.each([HIGHEST_DELETION_COST, LOWEST_DELETION_COST])(
    'goes back to one replica and keeps the old pod, whose deletion cost is %s',
    async (cost) => {
      const fake = cluster(ours(), [old(cost)]);
      const costs: (string | undefined)[] = [];
      fake.before('patchDeployment', () => costs.push(fake.pods.find('web-1-a', 'default')?.annotations[COST]));
      expect(await release(fake)).toEqual([{ action: ACTION, status: 'Undone', message: '' }]);
      expect(webOf(fake)).toMatchObject({ replicas: 1, labels: {} });
      expect(costs).toEqual([HIGHEST_DELETION_COST]);
      expect(fake.pods.find('web-1-a', 'default')?.annotations).toEqual({});
    },
  );

  it('removes only the label when the count is back', async () => {
    const fake = cluster(ours({ replicas: 1, podCount: 1 }));
    expect(await release(fake)).toEqual([{ action: ACTION, status: 'Undone', message: '' }]);
    expect(fake.argsOf('patchDeployment')).toHaveLength(1);
  });

  it('keeps the count of another client, and names the command', async () => {
    const fake = cluster(ours({ replicas: 3 }), [old(HIGHEST_DELETION_COST)]);
    const [report] = await release(fake);
    expect(report).toMatchObject({ action: ACTION, status: 'Kept' });
    expect(report?.message).toContain('kubectl scale deployment -n default web --replicas=1');
    expect(webOf(fake)).toMatchObject({ replicas: 3, labels: {} });
    expect(fake.pods.find('web-1-a', 'default')?.annotations).toEqual({});
  });

  it.each([
    ['of another task', surgedDeployment({}, 'other')],
    ['copied with its label', ours({ uid: 'uid-copy' })],
  ])('leaves a Deployment alone that is %s', async (_name, web) => {
    const fake = cluster(web);
    expect(await release(fake)).toEqual([]);
    expect(fake.argsOf('patchDeployment')).toEqual([]);
  });

  it('decides again when the Deployment changes at the same time', async () => {
    const fake = cluster(ours());
    fake.fail('patchDeployment', conflict('web'));
    expect(await release(fake)).toEqual([{ action: ACTION, status: 'Undone', message: '' }]);
  });

  it('reports a Deployment that another client deletes or takes over at the same time', async () => {
    const deleted = cluster(ours());
    deleted.before('readDeployment', () => {
      deleted.deployments.drop('web', 'default');
    });
    expect(await release(deleted)).toMatchObject([{ status: 'NothingToDo' }]);
    const unlabelled = cluster(ours());
    unlabelled.before('readDeployment', () => {
      unlabelled.deployments.store(ours({ labels: {} }));
    });
    expect(await release(unlabelled)).toMatchObject([{ status: 'Kept' }]);
  });

  it('is repeated after a lost response', async () => {
    const fake = cluster(ours());
    fake.fail('patchDeployment', new ClusterFailure('Unreachable', 'reset'));
    await expect(release(fake)).rejects.toMatchObject({ reason: 'Unreachable' });
    expect(await release(fake)).toEqual([{ action: ACTION, status: 'Undone', message: '' }]);
    expect(await release(fake)).toEqual([]);
  });
});
