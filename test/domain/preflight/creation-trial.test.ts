import { describe, expect, it } from '@jest/globals';
import type { PodFacts } from '../../../src/domain/cluster/facts.ts';
import type { WorkloadIndex } from '../../../src/domain/cluster/workload-index.ts';
import { planReplacements } from '../../../src/domain/preflight/creation-trial.ts';
import { barePod, owner, pod } from '../../builders/pod.ts';
import { countlessWorkload, replicaSet, unreadableWorkload, workload, workloadIndex } from '../../builders/workload.ts';

const template = { metadata: {}, spec: {} };
const apps = (kind: string, name: string): object => ({ apiVersion: 'apps/v1', kind, name });

describe('planReplacements', () => {
  it('tries one pod of each workload, the first by name', () => {
    const pods = [pod({ name: 'web-1-b' }), pod(), pod({ name: 'web-1-c' })];
    const index = workloadIndex(replicaSet(), workload({ podTemplate: template }));
    expect(planReplacements(pods, index)).toEqual([
      {
        pod: { namespace: 'default', name: 'web-1-a', uid: 'uid-default-web-1-a' },
        controller: owner('apps/v1', 'ReplicaSet', 'web-1'),
        workload: 'Deployment/web',
        template: apps('Deployment', 'web'),
      },
    ]);
  });

  const ofOwner = (apiVersion: string, kind: string, name: string): PodFacts =>
    pod({ controller: owner(apiVersion, kind, name) });
  it.each<[string, PodFacts, WorkloadIndex, object | undefined]>([
    [
      'a Deployment whose rollout is paused: of the ReplicaSet',
      pod(),
      workloadIndex(replicaSet(), workload()),
      apps('ReplicaSet', 'web-1'),
    ],
    [
      'a ReplicaSet of another kind: of the ReplicaSet',
      pod(),
      workloadIndex(
        replicaSet({ controller: owner('argoproj.io/v1alpha1', 'Rollout', 'web') }),
        unreadableWorkload('argoproj.io/v1alpha1', 'Rollout', 'web'),
      ),
      apps('ReplicaSet', 'web-1'),
    ],
    [
      'a StatefulSet',
      ofOwner('apps/v1', 'StatefulSet', 'db'),
      workloadIndex(workload({ kind: 'StatefulSet', name: 'db' })),
      apps('StatefulSet', 'db'),
    ],
    [
      'a Job',
      ofOwner('batch/v1', 'Job', 'job'),
      workloadIndex(countlessWorkload('batch/v1', 'Job', 'job')),
      { apiVersion: 'batch/v1', kind: 'Job', name: 'job' },
    ],
    [
      'another kind: of the pod itself',
      ofOwner('postgresql.cnpg.io/v1', 'Cluster', 'db'),
      workloadIndex(countlessWorkload('postgresql.cnpg.io/v1', 'Cluster', 'db')),
      undefined,
    ],
  ])('takes the template of %s', (_name, moved, index, expected) => {
    expect(planReplacements([moved], index).map((each) => each.template)).toEqual([expected]);
  });

  it('tries no replacement of a pod that is not recreated', () => {
    expect(planReplacements([barePod()], {})).toEqual([]);
  });
});
