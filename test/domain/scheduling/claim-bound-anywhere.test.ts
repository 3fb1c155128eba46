import { describe, expect, it } from '@jest/globals';
import { findClaimBoundAnywhere } from '../../../src/domain/scheduling/claim-bound-anywhere.ts';
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
const moved = pod({ name: 'a', ephemeralClaims: ['a-tmp'], persistentVolumeClaims: ['a-tmp', 'data'] });

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
