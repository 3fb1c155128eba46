import { describe, expect, it } from '@jest/globals';
import type { PodFacts, WorkloadFacts } from '../../../src/domain/cluster/facts.ts';
import { awaitsCompletion, endsUndisturbed } from '../../../src/domain/eviction/awaits-completion.ts';
import type { DecommissionRequest } from '../../../src/domain/request/decommission-request.ts';
import { pod } from '../../builders/pod.ts';
import { countlessWorkload, workload } from '../../builders/workload.ts';

const job = countlessWorkload('batch/v1', 'Job', 'report');
const waits = { jobs: 'waitForCompletion' } as const;

describe('awaitsCompletion', () => {
  it.each<[string, PodFacts, WorkloadFacts | undefined, Pick<DecommissionRequest, 'jobs'>, boolean]>([
    ['a pod of a Job that runs', pod(), job, waits, true],
    ['a pod of a Job that has not started', pod({ phase: 'Pending' }), job, waits, true],
    ['a pod of a Job, without the setting', pod(), job, {}, false],
    ['a pod of a Job that may be evicted', pod(), job, { jobs: 'evict' }, false],
    ['a pod that has succeeded', pod({ phase: 'Succeeded' }), job, waits, false],
    ['a pod that has failed', pod({ phase: 'Failed' }), job, waits, false],
    ['a pod that terminates already', pod({ deletionTimestamp: '2026-01-01T00:00:00Z' }), job, waits, false],
    ['a pod of a Deployment', pod(), workload(), waits, false],
    ['a bare pod', pod(), undefined, waits, false],
    ['a kind Job of another group', pod(), countlessWorkload('ray.io/v1', 'Job', 'report'), waits, false],
  ])('%s', (_name, each, owner, request, expected) => {
    expect(awaitsCompletion(each, owner, request)).toBe(expected);
  });

  it('does not mean that the pod ends undisturbed if the limit of the drain deletes it', () => {
    expect(endsUndisturbed(pod(), job, { ...waits, onTimeout: 'rollBack' })).toBe(true);
    expect(endsUndisturbed(pod(), job, { ...waits, onTimeout: 'delete' })).toBe(false);
  });
});
