import { describe, expect, it } from '@jest/globals';
import { checkOwnership } from '../../../src/domain/node/check-ownership.ts';
import { toLockText } from '../../../src/domain/node/lock.ts';
import { LOCK_ANNOTATION } from '../../../src/domain/cluster/annotations.ts';
import { lockHolder } from '../../builders/lock-holder.ts';
import { node } from '../../builders/node.ts';

describe('checkOwnership', () => {
  const holder = lockHolder();
  const target = { nodeName: 'node-1', nodeUid: 'uid-1', machineID: '' };
  const held = node({
    name: 'node-1',
    uid: 'uid-1',
    unschedulable: true,
    annotations: { [LOCK_ANNOTATION]: toLockText(holder) },
  });

  it('accepts a node that is the planned one, cordoned and locked by the task', () => {
    expect(checkOwnership(held, target, holder)).toBeUndefined();
  });

  it.each([
    ['a node that no longer exists', undefined, 'NodeChanged', 'no longer exists'],
    ['a node that was recreated', { ...held, uid: 'uid-2' }, 'NodeChanged', 'UID uid-2'],
    ['an uncordoned node', { ...held, unschedulable: false }, 'CordonLost', 'back in service'],
    [
      'a node that Cluster Autoscaler removes',
      { ...held, taints: [{ key: 'ToBeDeletedByClusterAutoscaler', value: '1', effect: 'NoSchedule' } as const] },
      'NodeClaimed',
      'Cluster Autoscaler has begun to remove node node-1 during the drain (taint ToBeDeletedByClusterAutoscaler)',
    ],
    ['a node without a lock', { ...held, annotations: {} }, 'LockLost', 'removed or replaced'],
    [
      'a node with the lock of another task',
      { ...held, annotations: { [LOCK_ANNOTATION]: toLockText(lockHolder({ workflowId: 'other' })) } },
      'LockLost',
      'removed or replaced',
    ],
  ])('fails for %s', (_what, found, type, message) => {
    const failure = checkOwnership(found, target, holder);
    expect(failure).toMatchObject({ type, retryable: false });
    expect(failure?.message).toContain(message);
  });
});
