import { describe, expect, it } from '@jest/globals';
import { diagnoseCluster } from '../../../src/cli/doctor/diagnose-clusters.ts';
import { formatDoctorChecks } from '../../../src/cli/doctor/doctor-check.ts';
import type { AccessRight } from '../../../src/domain/cluster/facts.ts';
import type { Cluster } from '../../../src/ports/cluster.ts';
import { clusterAddress } from '../../builders/cluster-address.ts';
import { ClusterFailure } from '../../../src/ports/cluster-failure.ts';

const clusterMissing = (...missing: readonly AccessRight[]): Cluster =>
  ({
    readAddress: () => Promise.resolve(clusterAddress()),
    readIdentity: () => Promise.resolve({ kubeSystemUid: 'uid-1', caHashes: ['abcdef0123456789'] }),
    readMissingRights: () => Promise.resolve(missing),
  }) as unknown as Cluster;

describe('diagnoseCluster', () => {
  it('names each missing right', async () => {
    const cluster = clusterMissing(
      { verb: 'delete', group: '', resource: 'nodes' },
      { verb: 'create', group: '', resource: 'pods', subresource: 'eviction' },
    );
    expect(formatDoctorChecks(await diagnoseCluster('east', () => cluster))).toBe(
      `
ok   address of cluster east: context prod, server https://10.0.0.1:6443, Kubernetes v1.37.0
ok   cluster east: reachable; kube-system UID uid-1, CA abcdef012345
FAIL rights on cluster east: missing: delete nodes, create pods/eviction
     Bind the ClusterRole \`node-decommission\` from deploy/rbac.yaml to the identity that is used here.
`.trim(),
    );
  });

  it('passes when nothing is missing', async () => {
    expect((await diagnoseCluster('east', () => clusterMissing())).map(({ ok }) => ok)).toEqual([true, true, true]);
  });

  it.each<[string, AccessRight, RegExp]>([
    [
      'placement',
      { verb: 'list', group: 'storage.k8s.io', resource: 'csinodes' },
      /^missing: list csinodes\.storage\.k8s\.io; without them, the placement of pods .* is unknown; ClusterRole node-decommission grants/,
    ],
    [
      'owners',
      { verb: 'get', group: 'argoproj.io', resource: 'rollouts' },
      /^missing: get rollouts\.argoproj\.io; .*number of replicas.*ClusterRole node-decommission grants/,
    ],
    ['services', { verb: 'list', group: '', resource: 'services' }, /^missing: list services; .*last pod/],
    [
      'objects of other components',
      { verb: 'get', group: 'cilium.io', resource: 'ciliumnodes' },
      /^missing: get ciliumnodes\.cilium\.io; .*other components keep.*ClusterRole node-decommission grants/,
    ],
    [
      'replacements',
      { verb: 'create', group: '', resource: 'pods' },
      /^missing: create pods; .*quotas.*ClusterRole node-decommission-try-replacements grants/,
    ],
    [
      'surge',
      { verb: 'patch', group: 'apps', resource: 'deployments' },
      /^missing: patch deployments\.apps; .*singleReplica: surge are refused; ClusterRole node-decommission-surge grants/,
    ],
    [
      'force',
      { verb: 'delete', group: '', resource: 'pods' },
      /^missing: delete pods; .*`pod force` has no effect .*ClusterRole node-decommission-force grants/,
    ],
  ])(
    'names missing rights of one kind that a run does not require, without a failure: %s',
    async (_kind, right, text) => {
      const checks = await diagnoseCluster('east', () => clusterMissing(right));
      expect(checks.slice(-2)).toMatchObject([
        { name: 'rights on cluster east', ok: true, message: expect.stringMatching(/^all \d+ granted$/) as unknown },
        { name: 'optional rights on cluster east', ok: true, message: expect.stringMatching(text) as unknown },
      ]);
    },
  );

  it('checks all rights although reading the identity of the cluster is forbidden', async () => {
    const cluster: Cluster = {
      ...clusterMissing({ verb: 'get', group: '', resource: 'namespaces', name: 'kube-system' }),
      readIdentity: () =>
        Promise.reject(new ClusterFailure('Forbidden', 'Could not read namespace "kube-system".', 403)),
    };
    expect(await diagnoseCluster('east', () => cluster)).toMatchObject([
      { name: 'address of cluster east', ok: true },
      { name: 'cluster east', ok: false, message: 'Could not read namespace "kube-system".' },
      { name: 'rights on cluster east', ok: false, message: 'missing: get namespaces kube-system' },
    ]);
  });

  it('reports what is wrong with a cluster that cannot be used', async () => {
    const [check] = await diagnoseCluster('east', () => {
      throw new ClusterFailure('Invalid', 'there is no kubeconfig');
    });
    expect(check).toMatchObject({ ok: false, message: 'there is no kubeconfig' });
  });
});
