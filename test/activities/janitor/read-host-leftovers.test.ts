import { describe, expect, it } from '@jest/globals';
import { readHostLeftovers } from '../../../src/activities/janitor/read-host-leftovers.ts';
import { HostFailure } from '../../../src/ports/host-failure.ts';
import { leftover } from '../../builders/leftover.ts';
import { node } from '../../builders/node.ts';
import { provenHostFacts } from '../../builders/host-target.ts';
import { FakeCluster } from '../../fakes/fake-cluster.ts';
import { FakeHosts } from '../../fakes/fake-hosts.ts';

const masked = { name: 'kubelet.service', loadState: 'masked', activeState: 'inactive', unitFileState: 'masked' };

const prepare = () => {
  const hosts = new FakeHosts();
  hosts.facts = { ...provenHostFacts(), units: [masked] };
  const cluster = new FakeCluster({ nodes: [node(), node({ name: 'node-2' })] });
  return { hosts, read: () => readHostLeftovers(cluster, hosts, [leftover()], []) };
};

describe('readHostLeftovers', () => {
  it('reads only the hosts of nodes on which something is left, and changes nothing there', async () => {
    const { hosts, read } = prepare();
    expect(await read()).toMatchObject({
      leftovers: [{ kind: 'host', object: 'Host of node node-1' }],
      notChecked: [],
    });
    expect(hosts.connections.map(({ nodeName }) => nodeName)).toEqual(['node-1']);
    expect({ started: hosts.started, ability: hosts.abilityCount, closed: hosts.closedCount }).toEqual({
      started: [],
      ability: 0,
      closed: 1,
    });
  });

  it('names a host that it cannot read', async () => {
    const { hosts, read } = prepare();
    hosts.failures.connect = new HostFailure('Unknown', 'no response');
    expect(await read()).toEqual({ leftovers: [], notChecked: ['the host of node node-1 (no response)'] });
  });

  it('leaves out a host without connection settings', async () => {
    const { hosts, read } = prepare();
    hosts.kubeletUnits = undefined;
    expect(await read()).toEqual({ leftovers: [], notChecked: [] });
  });
});
