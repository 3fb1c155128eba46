import { describe, expect, it } from '@jest/globals';
import { diagnoseHosts, diagnoseHostsOf, type ClusterOfHosts } from '../../../src/cli/doctor/diagnose-hosts.ts';
import { formatDoctorChecks } from '../../../src/cli/doctor/doctor-check.ts';
import { loadConfiguration } from '../../../src/config/load-configuration.ts';
import { ClusterFailure } from '../../../src/ports/cluster-failure.ts';
import type { HostInspection } from '../../../src/inspect/inspect-hosts.ts';

const READY: HostInspection = {
  nodeName: 'w1',
  kind: 'looked',
  check: { ok: true, provenBy: 'machine ID, system UUID' },
};
const UNREACHABLE: HostInspection = {
  nodeName: 'w2',
  kind: 'looked',
  check: { ok: false, code: 'HostUnreachable', message: 'Could not connect: no answer.' },
};
const CONTROL_PLANE: HostInspection = { nodeName: 'cp', kind: 'controlPlane', sign: 'label master' };

const cluster = (name: string, ...looks: readonly HostInspection[]): ClusterOfHosts => ({
  name,
  look: () => Promise.resolve(looks),
});
const broken = (name: string): ClusterOfHosts => ({
  name,
  look: () => Promise.reject(new ClusterFailure('Forbidden', 'may not list nodes', 403)),
});

describe('diagnoseHosts', () => {
  it('says in one line what a configuration without hosts means, and is wrong only for a node that is asked for', async () => {
    const configuration = loadConfiguration({ environment: { KUBECONFIG: '/no/kubeconfig' } });
    const [any, ...more] = await diagnoseHosts(configuration, []);
    expect([any, more]).toMatchObject([{ ok: true, message: expect.stringContaining('--host-cleanup skip') }, []]);
    expect(await diagnoseHosts(configuration, ['w1', 'w2'])).toMatchObject([{ name: 'hosts', ok: false }]);
  });
});

describe('diagnoseHostsOf', () => {
  it('has a line for each node: ready, wrong, or not looked at', async () => {
    expect(formatDoctorChecks(await diagnoseHostsOf([cluster('east', CONTROL_PLANE, READY, UNREACHABLE)], []))).toBe(
      `
ok   host of node cp in cluster east: not looked at: the node carries the control plane or etcd (label master), which is not taken out of service from here
ok   host of node w1 in cluster east: ready, and proven by machine ID, system UUID
FAIL host of node w2 in cluster east: Could not connect: no answer.
`.trim(),
    );
  });

  it('a node of the control plane is wrong when it is asked for', async () => {
    expect(await diagnoseHostsOf([cluster('east', CONTROL_PLANE)], ['cp'])).toMatchObject([{ ok: false }]);
  });

  it('finds a named node in whichever cluster has it, and says which names none has', async () => {
    const checks = await diagnoseHostsOf([cluster('east'), cluster('west', READY)], ['w1', 'w9']);
    expect(checks).toMatchObject([
      { name: 'host of node w1 in cluster west', ok: true },
      { name: 'host of node w9', ok: false, message: 'no such node in cluster east, west' },
    ]);
  });

  it('tells of a cluster that cannot be read, and says nothing of what it may have', async () => {
    expect(await diagnoseHostsOf([broken('east')], ['w1'])).toMatchObject([
      { name: 'hosts of cluster east', ok: false, message: 'may not list nodes' },
    ]);
    expect(await diagnoseHostsOf([broken('east'), cluster('west', READY)], [])).toMatchObject([
      { ok: false },
      { ok: true },
    ]);
  });
});
