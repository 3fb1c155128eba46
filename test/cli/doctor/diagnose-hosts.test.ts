import { describe, expect, it } from '@jest/globals';
import { diagnoseHosts, diagnoseHostsOf, type ClusterOfHosts } from '../../../src/cli/doctor/diagnose-hosts.ts';
import { formatDoctorChecks } from '../../../src/cli/doctor/doctor-check.ts';
import { loadConfiguration } from '../../../src/config/load-configuration.ts';
import { ClusterFailure } from '../../../src/ports/cluster-failure.ts';
import { hostLayout } from '../../builders/host-facts.ts';
import { previewItem } from '../../builders/preview-item.ts';
import type { HostInspection } from '../../../src/inspect/inspect-hosts.ts';

const READY: HostInspection = {
  nodeName: 'w1',
  kind: 'checked',
  check: { ok: true, provenBy: 'machine ID, system UUID', layout: hostLayout() },
};
const UNREACHABLE: HostInspection = {
  nodeName: 'w2',
  kind: 'checked',
  check: { ok: false, code: 'HostUnreachable', message: 'Could not connect: no answer.' },
};
const CONTROL_PLANE: HostInspection = { nodeName: 'cp', kind: 'controlPlane', sign: 'label master' };

const cluster = (name: string, ...inspections: readonly HostInspection[]): ClusterOfHosts => ({
  name,
  inspect: () => Promise.resolve(inspections),
});
const broken = (name: string): ClusterOfHosts => ({
  name,
  inspect: () => Promise.reject(new ClusterFailure('Forbidden', 'may not list nodes', 403)),
});

describe('diagnoseHosts', () => {
  it('has one line for a configuration without hosts, and fails only when a node is named', async () => {
    const configuration = loadConfiguration({
      environment: { KUBECONFIG: '/no/kubeconfig' },
      addsDefaultCluster: true,
    });
    const [any, ...more] = await diagnoseHosts(configuration, []);
    expect([any, more]).toMatchObject([{ ok: true, message: expect.stringContaining('--host-cleanup skip') }, []]);
    expect(await diagnoseHosts(configuration, ['w1', 'w2'])).toMatchObject([{ name: 'hosts', ok: false }]);
  });
});

describe('diagnoseHostsOf', () => {
  it('has a line for each node: ready, failed, or not checked', async () => {
    expect(formatDoctorChecks(await diagnoseHostsOf([cluster('east', CONTROL_PLANE, READY, UNREACHABLE)], []))).toBe(
      `
ok   host of node cp in cluster east: not checked: the node runs the control plane or etcd (label master) and cannot be decommissioned with this tool
ok   host of node w1 in cluster east: ready, identity proven by machine ID, system UUID; cleanup touches 1 item and leaves 0 items (\`doctor w1\` lists them)
FAIL host of node w2 in cluster east: Could not connect: no answer.
`.trim(),
    );
  });

  it('lists what the cleanup touches and leaves on the host of a node that is named', async () => {
    const kept = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'].map((name) => previewItem('link', `cali${name}`));
    const layout = hostLayout({ preview: { ...hostLayout().preview, kept } });
    const inspection: HostInspection = { ...READY, check: { ok: true, provenBy: 'machine ID', layout } };
    const checks = await diagnoseHostsOf([cluster('east', inspection)], ['w1']);
    expect(checks[0]?.preview?.kept).toEqual(kept);
    expect(formatDoctorChecks(checks, true)).toBe(
      `
ok   host of node w1 in cluster east: ready, identity proven by machine ID; cleanup touches 1 item and leaves 10 items
     host cleanup touches:
       units (1): kubelet.service
     host cleanup leaves:
       network links (10): calia, calib, calic, calid, calie, calif, calig, calih and 2 more
`.trim(),
    );
  });

  it('fails for a control plane node that is named', async () => {
    expect(await diagnoseHostsOf([cluster('east', CONTROL_PLANE)], ['cp'])).toMatchObject([{ ok: false }]);
  });

  it('finds a named node in whichever cluster has it, and reports names that none has', async () => {
    const checks = await diagnoseHostsOf([cluster('east'), cluster('west', READY)], ['w1', 'w9']);
    expect(checks).toMatchObject([
      { name: 'host of node w1 in cluster west', ok: true },
      { name: 'host of node w9', ok: false, message: 'no such node in clusters east, west' },
    ]);
  });

  it('reports a cluster that cannot be read, and nothing about its nodes', async () => {
    expect(await diagnoseHostsOf([broken('east')], ['w1'])).toMatchObject([
      { name: 'hosts of cluster east', ok: false, message: 'may not list nodes' },
    ]);
    expect(await diagnoseHostsOf([broken('east'), cluster('west', READY)], [])).toMatchObject([
      { ok: false },
      { ok: true },
    ]);
  });
});
