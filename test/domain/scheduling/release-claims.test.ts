import { describe, expect, it } from '@jest/globals';
import { findClaimBoundAnywhere, releaseClaims } from '../../../src/domain/scheduling/release-claims.ts';
import type { SchedulerObject } from '../../../src/domain/scheduling/scheduler-facts.ts';
import { pod } from '../../builders/pod.ts';

const claim = (name: string): SchedulerObject => ({
  metadata: {
    namespace: 'default',
    name,
    annotations: { 'pv.kubernetes.io/bind-completed': 'yes', 'volume.kubernetes.io/selected-node': 'node-1', own: 'x' },
  },
  spec: { volumeName: `pv-${name}`, storageClassName: 'fast' },
  status: { phase: 'Bound' },
});
const devices = (...uids: string[]): SchedulerObject => ({
  metadata: { name: 'gpu' },
  spec: { devices: {} },
  status: { allocation: {}, reservedFor: uids.map((uid) => ({ resource: 'pods', uid })) },
});
const moved = pod({ name: 'a', ephemeralClaims: ['a-tmp'], persistentVolumeClaims: ['a-tmp', 'data'] });

describe('releaseClaims', () => {
  it('takes the volume from a claim that is deleted with its pod, and from no other', () => {
    const { PersistentVolumeClaim } = releaseClaims({ PersistentVolumeClaim: [claim('a-tmp'), claim('data')] }, [
      moved,
    ]);

    expect(PersistentVolumeClaim).toEqual([
      {
        metadata: { namespace: 'default', name: 'a-tmp', annotations: { own: 'x' } },
        spec: { storageClassName: 'fast' },
        status: { phase: 'Pending' },
      },
      claim('data'),
    ]);
  });

  it.each<[string, SchedulerObject, SchedulerObject]>([
    [
      'frees devices that only pods that leave reserve',
      devices(moved.uid),
      { metadata: { name: 'gpu' }, spec: { devices: {} } },
    ],
    ['keeps devices that another pod shares', devices(moved.uid, 'other'), devices(moved.uid, 'other')],
    ['keeps devices that nothing reserves', devices(), devices()],
  ])('%s', (_name, before, after) => {
    expect(releaseClaims({ ResourceClaim: [before] }, [moved])).toEqual({ ResourceClaim: [after] });
  });

  it('adds no kind that was not read', () => {
    expect(releaseClaims({}, [moved])).toEqual({});
  });
});

describe('findClaimBoundAnywhere', () => {
  it.each([
    ['WaitForFirstConsumer', undefined],
    ['Immediate', 'a-tmp'],
  ])('with the binding mode %s', (volumeBindingMode, expected) => {
    const objects = {
      PersistentVolumeClaim: [claim('a-tmp')],
      StorageClass: [{ metadata: { name: 'fast' }, volumeBindingMode }],
    };
    expect(findClaimBoundAnywhere(objects, moved)).toBe(expected);
  });
});
