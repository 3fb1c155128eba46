import { describe, expect, it } from '@jest/globals';
import { nameMissingRights } from '../../../src/activities/plan/name-missing-rights.ts';
import type { AccessRight } from '../../../src/domain/cluster/facts.ts';
import type { Cluster } from '../../../src/ports/cluster.ts';
import { ClusterFailure, type ClusterFailureReason } from '../../../src/ports/cluster-failure.ts';

const clusterMissing = (...missing: readonly AccessRight[]): Cluster =>
  ({ readMissingRights: () => Promise.resolve(missing) }) as unknown as Cluster;

const listNodes: AccessRight = { verb: 'list', group: '', resource: 'nodes' };
const listBudgets: AccessRight = { verb: 'list', group: 'policy', resource: 'poddisruptionbudgets' };

const failWith = (reason: ClusterFailureReason) => (): Promise<never> =>
  Promise.reject(new ClusterFailure(reason, 'Could not list nodes.', 403));

describe('nameMissingRights', () => {
  it('returns what was read', async () => {
    expect(await nameMissingRights(clusterMissing(listNodes), () => Promise.resolve('facts'))).toBe('facts');
  });

  it('refuses with every right that is missing', async () => {
    const reading = nameMissingRights(clusterMissing(listNodes, listBudgets), failWith('Forbidden'));
    await expect(reading).rejects.toMatchObject({
      type: 'Refused',
      retryable: false,
      message:
        'preflight refuses: the permission to list nodes is missing: grant it to the identity that the worker uses. ' +
        'the permission to list poddisruptionbudgets.policy is missing: grant it to the identity that the worker uses.',
    });
  });

  it.each<[string, readonly AccessRight[], ClusterFailureReason]>([
    ['forbids the read although no right is missing', [], 'Forbidden'],
    ['does not respond', [listNodes], 'Unreachable'],
    ['denies the read by a policy', [listNodes], 'Denied'],
  ])('passes the failure on when the API server %s', async (_case, missing, reason) => {
    await expect(nameMissingRights(clusterMissing(...missing), failWith(reason))).rejects.toMatchObject({ reason });
  });
});
