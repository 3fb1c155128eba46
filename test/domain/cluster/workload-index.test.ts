import { describe, expect, it } from '@jest/globals';
import type { PodFacts } from '../../../src/domain/cluster/facts.ts';
import {
  findBinding,
  findWorkload,
  ownersToRead,
  toWorkloadLabel,
  type WorkloadIndex,
} from '../../../src/domain/cluster/workload-index.ts';
import { barePod, owner, pod } from '../../builders/pod.ts';
import { countlessWorkload, replicaSet, unreadableWorkload, workload, workloadIndex } from '../../builders/workload.ts';

const webPod = pod();
const unreadable = unreadableWorkload('argoproj.io/v1alpha1', 'Rollout', 'web');
const rolloutSet = replicaSet({ controller: owner('argoproj.io/v1alpha1', 'Rollout', 'web') });
const cloneSetPod = pod({ controller: owner('apps.kruise.io/v1alpha1', 'CloneSet', 'web') });

describe('findWorkload', () => {
  it.each<[string, PodFacts, WorkloadIndex, string]>([
    [
      'a ReplicaSet of a Deployment is that Deployment',
      webPod,
      workloadIndex(replicaSet(), workload()),
      'Deployment/web',
    ],
    ['a Deployment that was not read is named by its reference', webPod, workloadIndex(replicaSet()), 'Deployment/web'],
    [
      'a ReplicaSet whose Deployment no longer exists is the workload',
      webPod,
      { ...workloadIndex(replicaSet()), 'uid-Deployment-web': null },
      'ReplicaSet/web-1',
    ],
    [
      'a ReplicaSet whose owner may not be read is the workload',
      webPod,
      workloadIndex(rolloutSet, unreadable),
      'ReplicaSet/web-1',
    ],
    [
      'a ReplicaSet whose owner has no replica count is the workload',
      webPod,
      workloadIndex(rolloutSet, countlessWorkload('argoproj.io/v1alpha1', 'Rollout', 'web')),
      'ReplicaSet/web-1',
    ],
    [
      'an owner of another kind with a replica count is the workload',
      webPod,
      workloadIndex(rolloutSet, workload({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout' })),
      'Rollout/web',
    ],
    [
      'an owner of pods that may not be read is still their owner',
      pod({ controller: owner('argoproj.io/v1alpha1', 'Rollout', 'web') }),
      workloadIndex(unreadable),
      'Rollout/web',
    ],
    ['an owner that was not read is named by its reference', webPod, {}, 'ReplicaSet/web-1'],
    ['a pod whose owner no longer exists is bare', webPod, { 'uid-ReplicaSet-web-1': null }, ''],
    ['a pod without a controller is bare', barePod(), {}, ''],
    [
      'a StatefulSet managed by an operator is the workload',
      pod({ controller: owner('apps/v1', 'StatefulSet', 'db') }),
      workloadIndex(
        workload({ kind: 'StatefulSet', name: 'db', controller: owner('db.example.com/v1', 'Database', 'db') }),
      ),
      'StatefulSet/db',
    ],
    [
      'a CloneSet is found by its group and kind',
      cloneSetPod,
      workloadIndex(workload({ apiVersion: 'apps.kruise.io/v1beta1', kind: 'CloneSet' })),
      'CloneSet/web',
    ],
    [
      'an entry of another group under that UID is not the owner',
      cloneSetPod,
      { 'uid-CloneSet-web': workload({ apiVersion: 'apps/v1', kind: 'CloneSet' }) },
      '',
    ],
    [
      'an entry of another kind under that UID is not the owner',
      cloneSetPod,
      { 'uid-CloneSet-web': workload({ uid: 'uid-CloneSet-web' }) },
      '',
    ],
  ])('%s', (_name, given, index, label) => {
    expect(toWorkloadLabel(findWorkload(given, index))).toBe(label);
  });

  it('returns the replicas of the Deployment, not of its ReplicaSet during a rollout', () => {
    const index = workloadIndex(replicaSet({ replicas: 1 }), workload({ replicas: 10 }));

    expect(findWorkload(webPod, index)?.replicas).toBe(10);
  });
});

describe('findBinding', () => {
  const rollout = workload({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout' });
  const templateNodeName = 'node-1';

  it.each<[string, WorkloadIndex, string]>([
    ['the template of a Deployment', workloadIndex(replicaSet(), workload({ templateNodeName })), 'Deployment/web'],
    [
      'the ReplicaSet of a Rollout that has no template of its own',
      workloadIndex({ ...rolloutSet, templateNodeName }, rollout),
      'ReplicaSet/web-1',
    ],
    [
      'not the ReplicaSet of a Deployment, which may be an earlier revision',
      workloadIndex(replicaSet({ templateNodeName }), workload()),
      '',
    ],
    ['no template', workloadIndex(rolloutSet, rollout), ''],
  ])('finds %s', (_name, index, label) => {
    expect(toWorkloadLabel(findBinding(webPod, index))).toBe(label);
  });
});

describe('ownersToRead', () => {
  const names = (pods: readonly PodFacts[], index?: WorkloadIndex): readonly string[] =>
    ownersToRead(pods, index).map(({ namespace, owner: { kind, name } }) => `${namespace}/${kind}/${name}`);

  it.each<[string, readonly PodFacts[], WorkloadIndex, readonly string[]]>([
    ['each controller once', [webPod, pod({ name: 'web-1-b' })], {}, ['default/ReplicaSet/web-1']],
    ['nothing for a bare pod', [barePod()], {}, []],
    ['nothing for a mirror pod', [pod({ mirror: true, controller: owner('v1', 'Node', 'node-1') })], {}, []],
    ['then the controller of the ReplicaSet', [webPod], workloadIndex(replicaSet()), ['default/Deployment/web']],
    ['nothing more once that is read', [webPod], workloadIndex(replicaSet(), workload()), []],
    ['nothing for an owner that no longer exists', [webPod], { 'uid-ReplicaSet-web-1': null }, []],
    [
      'nothing above a StatefulSet',
      [],
      workloadIndex(workload({ kind: 'StatefulSet', controller: owner('db.example.com/v1', 'Database', 'db') })),
      [],
    ],
  ])('%s', (_name, pods, index, expected) => {
    expect(names(pods, index)).toEqual(expected);
  });
});
