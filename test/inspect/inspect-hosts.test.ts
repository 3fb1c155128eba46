import { describe, expect, it } from '@jest/globals';
import { inspectHosts } from '../../src/inspect/inspect-hosts.ts';
import { ClusterFailure } from '../../src/ports/cluster-failure.ts';
import { HostFailure } from '../../src/ports/host-failure.ts';
import { hostTarget, markedHostFacts } from '../builders/host-target.ts';
import { node } from '../builders/node.ts';
import { pod } from '../builders/pod.ts';
import { FakeCluster } from '../fakes/fake-cluster.ts';
import { FakeHosts } from '../fakes/fake-hosts.ts';

const { systemUUID, bootID, addresses, target } = hostTarget();
const NODE = node({ machineID: target.machineID, systemUUID, bootID, addresses });
const CONTROL_PLANE = node({ name: 'cp-1', labels: { 'node-role.kubernetes.io/control-plane': '' } });
const OTHER = node({ name: 'node-2', machineID: 'machine-2' });

const stage = (): { cluster: FakeCluster; hosts: FakeHosts } => ({
  cluster: new FakeCluster({ nodes: [CONTROL_PLANE, NODE, OTHER], pods: [pod()] }),
  hosts: new FakeHosts(),
});

describe('inspectHosts', () => {
  it('looks at the hosts of all nodes but those of the control plane', async () => {
    const { cluster, hosts } = stage();
    expect(await inspectHosts({ cluster, hosts, nodeNames: [] })).toMatchObject([
      { nodeName: 'cp-1', kind: 'controlPlane', sign: 'label node-role.kubernetes.io/control-plane' },
      { nodeName: 'node-1', kind: 'looked', check: { ok: true } },
      { nodeName: 'node-2', kind: 'looked', check: { ok: false, code: 'HostNotProven' } },
    ]);
    expect(hosts.connections.map(({ nodeName }) => nodeName)).toEqual(['node-1', 'node-2']);
    expect(hosts.closedCount).toBe(2);
  });

  it('knows a control plane that has no label by its static pods', async () => {
    const { hosts } = stage();
    const etcd = pod({ name: 'etcd-node-1', namespace: 'kube-system', nodeName: 'node-1', mirror: true });
    const cluster = new FakeCluster({ nodes: [NODE], pods: [etcd] });
    expect(await inspectHosts({ cluster, hosts, nodeNames: [] })).toMatchObject([{ kind: 'controlPlane' }]);
    expect(hosts.connections).toEqual([]);
  });

  it('looks only at those that are named', async () => {
    const looks = await inspectHosts({ ...stage(), nodeNames: ['node-2', 'node-9'] });
    expect(looks.map(({ nodeName }) => nodeName)).toEqual(['node-2']);
  });

  it('counts no marker that a run left on a host as a proof', async () => {
    const { hosts } = stage();
    const withoutDmi = { ...NODE, systemUUID: NODE.machineID };
    hosts.facts = markedHostFacts({ systemUUID: NODE.machineID });
    const cluster = new FakeCluster({ nodes: [withoutDmi] });
    expect(await inspectHosts({ cluster, hosts, nodeNames: [] })).toMatchObject([
      { check: { ok: false, code: 'HostNotProven', message: expect.stringContaining('only machine ID') } },
    ]);
  });

  it('goes on after a host that does not answer', async () => {
    const { cluster, hosts } = stage();
    hosts.failures.connect = new HostFailure('Unreachable', 'no answer.');
    const looks = await inspectHosts({ cluster, hosts, nodeNames: ['node-1', 'node-2'] });
    const check = { ok: false, code: 'HostUnreachable', message: 'no answer.' };
    expect(looks).toMatchObject([{ check }, { check }]);
  });

  it('fails as the cluster fails', async () => {
    const { cluster, hosts } = stage();
    cluster.fail('readNodes', new ClusterFailure('Forbidden', 'may not list nodes', 403));
    await expect(inspectHosts({ cluster, hosts, nodeNames: [] })).rejects.toThrow('may not list nodes');
  });
});
