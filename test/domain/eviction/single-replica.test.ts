import { describe, expect, it } from '@jest/globals';
import type { PodFacts, WorkloadFacts } from '../../../src/domain/cluster/facts.ts';
import { judgeSingleReplica } from '../../../src/domain/eviction/single-replica.ts';
import { pod } from '../../builders/pod.ts';
import { countlessWorkload, unreadableWorkload, workload } from '../../builders/workload.ts';

const unreadable = unreadableWorkload('argoproj.io/v1alpha1', 'Rollout', 'web');
const single = workload({ replicas: 1 });

describe('judgeSingleReplica', () => {
  it.each<[string, PodFacts, WorkloadFacts | undefined, 'refusal' | undefined]>([
    ['a replica count of 1 is refused', pod(), single, 'refusal'],
    ['also for a StatefulSet', pod(), workload({ kind: 'StatefulSet', replicas: 1 }), 'refusal'],
    ['also for a ReplicaSet alone', pod(), workload({ kind: 'ReplicaSet', replicas: 1 }), 'refusal'],
    [
      'also for a CloneSet',
      pod(),
      workload({ apiVersion: 'apps.kruise.io/v1alpha1', kind: 'CloneSet', replicas: 1 }),
      'refusal',
    ],
    ['a replica count of 2 is not judged', pod(), workload({ replicas: 2 }), undefined],
    ['a replica count of 0 is not judged', pod(), workload({ replicas: 0 }), undefined],
    ['a Job is not judged', pod(), countlessWorkload('batch/v1', 'Job', 'job'), undefined],
    ['an owner that may not be read may have one replica', pod(), unreadable, 'refusal'],
    ['a finished pod of it is not judged', pod({ phase: 'Succeeded' }), unreadable, undefined],
    ['a bare pod is not judged', pod(), undefined, undefined],
    ['a succeeded pod is not judged', pod({ phase: 'Succeeded' }), single, undefined],
    ['a failed pod is not judged', pod({ phase: 'Failed' }), single, undefined],
  ])('%s', (_name, given, owner, severity) => {
    expect(judgeSingleReplica(given, owner, 'block')?.severity).toBe(severity);
  });

  it('states the workload, the outage and the override', () => {
    expect(judgeSingleReplica(pod(), single, 'block')).toEqual({
      severity: 'refusal',
      workload: 'Deployment/web',
      message:
        'Deployment/web has a replica count of 1, so evicting this pod causes an outage until its replacement is ready',
      override: 'singleReplica: surge (a second replica first) or singleReplica: evict',
    });
  });

  it('states the missing permission and the override', () => {
    expect(judgeSingleReplica(pod(), unreadable, 'block')).toEqual({
      severity: 'refusal',
      workload: 'Rollout/web',
      message:
        'the worker is not allowed to read the replica count of Rollout/web, so this may be its only pod: grant `get` on kind Rollout of API group argoproj.io and on its scale subresource',
      override: 'singleReplica: evict',
    });
  });

  it.each([single, unreadable])('warns under evict, without an override', (owner) => {
    const verdict = judgeSingleReplica(pod(), owner, 'evict');

    expect(verdict?.severity).toBe('warning');
    expect(verdict?.override).toBeUndefined();
  });
});
