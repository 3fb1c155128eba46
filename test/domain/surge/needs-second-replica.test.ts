import { describe, expect, it } from '@jest/globals';
import { needsSecondReplica } from '../../../src/domain/surge/needs-second-replica.ts';
import { toSurgeLabel } from '../../../src/domain/surge/surge-label.ts';
import { pod } from '../../builders/pod.ts';
import { workload } from '../../builders/workload.ts';

const single = workload({ replicas: 1 });
const begun = workload({ replicas: 2, surgeLabel: toSurgeLabel('task-1', single.uid) });
const surge = { singleReplica: 'surge', taskId: 'task-1' } as const;

describe('needsSecondReplica', () => {
  it.each([
    ['the only pod of a Deployment', pod(), single, true],
    ['a Deployment that this task has begun to surge', pod(), begun, true],
    ['a Deployment that another task surges', pod(), { ...begun, surgeLabel: 'other' }, false],
    ['a Deployment with two replicas', pod(), workload({ replicas: 2 }), false],
    ['a StatefulSet', pod(), workload({ kind: 'StatefulSet', replicas: 1 }), false],
    ['a Deployment of another API group', pod(), { ...single, apiVersion: 'example.com/v1' }, false],
    ['a pod that has finished', pod({ phase: 'Failed' }), single, false],
    ['a pod that terminates', pod({ deletionTimestamp: '2026-01-02T00:00:30.000Z' }), single, false],
    ['a bare pod', pod(), undefined, false],
  ])('%s', (_name, given, owner, expected) => {
    expect(needsSecondReplica(given, owner, surge)).toBe(expected);
  });

  it.each(['block', 'evict'] as const)('is false under %s', (singleReplica) => {
    expect(needsSecondReplica(pod(), single, { ...surge, singleReplica })).toBe(false);
  });
});
