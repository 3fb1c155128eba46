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

const setUp = (): { cluster: FakeCluster; hosts: FakeHosts } => ({
  cluster: new FakeCluster({ nodes: [CONTROL_PLANE, NODE, OTHER], pods: [pod()] }),
  hosts: new FakeHosts(),
});

describe('inspectHosts', () => {
  it('checks the hosts of all nodes except those of the control plane', async () => {
    const { cluster, hosts } = setUp();
    expect(await inspectHosts({ cluster, hosts, nodeNames: [] })).toMatchObject([
      { nodeName: 'cp-1', kind: 'controlPlane', sign: 'label node-role.kubernetes.io/control-plane' },
      { nodeName: 'node-1', kind: 'checked', check: { ok: true } },
      { nodeName: 'node-2', kind: 'checked', check: { ok: false, code: 'HostNotProven' } },
    ]);
    expect(hosts.connections.map(({ nodeName }) => nodeName)).toEqual(['node-1', 'node-2']);
    expect(hosts.closedCount).toBe(2);
  });

  it('detects a control plane node without a label by its static pods', async () => {
    const { hosts } = setUp();
    const etcd = pod({ name: 'etcd-node-1', namespace: 'kube-system', nodeName: 'node-1', mirror: true });
    const cluster = new FakeCluster({ nodes: [NODE], pods: [etcd] });
    expect(await inspectHosts({ cluster, hosts, nodeNames: [] })).toMatchObject([{ kind: 'controlPlane' }]);
    expect(hosts.connections).toEqual([]);
  });

  it('checks only the named nodes', async () => {
    const inspections = await inspectHosts({ ...setUp(), nodeNames: ['node-2', 'node-9'] });
    expect(inspections.map(({ nodeName }) => nodeName)).toEqual(['node-2']);
  });

  it("does not count a run's marker on a host as proof", async () => {
    const { hosts } = setUp();
    const withoutDmi = { ...NODE, systemUUID: NODE.machineID };
    hosts.facts = markedHostFacts({ systemUUID: NODE.machineID });
    const cluster = new FakeCluster({ nodes: [withoutDmi] });
    expect(await inspectHosts({ cluster, hosts, nodeNames: [] })).toMatchObject([
      { check: { ok: false, code: 'HostNotProven', message: expect.stringContaining('only machine ID') } },
    ]);
  });

  it('continues after a host that does not respond', async () => {
    const { cluster, hosts } = setUp();
    hosts.failures.connect = new HostFailure('Unreachable', 'no answer.');
    const inspections = await inspectHosts({ cluster, hosts, nodeNames: ['node-1', 'node-2'] });
    const check = { ok: false, code: 'HostUnreachable', message: 'no answer.' };
    expect(inspections).toMatchObject([{ check }, { check }]);
  });

  it('fails when the cluster fails', async () => {
    const { cluster, hosts } = setUp();
    cluster.fail('readNodes', new ClusterFailure('Forbidden', 'may not list nodes', 403));
    await expect(inspectHosts({ cluster, hosts, nodeNames: [] })).rejects.toThrow('may not list nodes');
  });
});
