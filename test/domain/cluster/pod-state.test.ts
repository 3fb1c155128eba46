import { describe, expect, it } from '@jest/globals';
import { toHostUids } from '../../../src/domain/cluster/pod-state.ts';
import { pod } from '../../builders/pod.ts';

describe('toHostUids', () => {
  it.each([
    ['a pod', {}, ['uid-1']],
    ['a mirror pod, whose static pod has another UID', { 'kubernetes.io/config.mirror': 'f00d' }, ['uid-1', 'f00d']],
  ])('returns those of %s', (_name, annotations, uids) => {
    expect(toHostUids(pod({ uid: 'uid-1', annotations }))).toEqual(uids);
  });
});
