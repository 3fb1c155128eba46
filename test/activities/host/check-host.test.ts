import { describe, expect, it } from '@jest/globals';
import { checkHost } from '../../../src/activities/host/check-host.ts';
import type { HostCheck } from '../../../src/domain/preflight/facts.ts';
import { HostFailure, type HostFailureReason } from '../../../src/ports/host-failure.ts';
import { hostLayout } from '../../builders/host-facts.ts';
import { hostTarget, provenHostFacts } from '../../builders/host-target.ts';
import { lockHolder } from '../../builders/lock-holder.ts';
import { node } from '../../builders/node.ts';
import { previewItem } from '../../builders/preview-item.ts';
import { CLUSTER_IDENTITY } from '../../fakes/fake-cluster.ts';
import { FakeHosts } from '../../fakes/fake-hosts.ts';

const { systemUUID, bootID, addresses, target } = hostTarget();
const NODE = node({ machineID: target.machineID, systemUUID, bootID, addresses });

const check = (hosts: FakeHosts, nodes = [NODE]): Promise<HostCheck> =>
  checkHost({ hosts, clusterIdentity: CLUSTER_IDENTITY, nodes }, lockHolder(), NODE);

describe('checkHost', () => {
  it('reports no problem with the host of the node', async () => {
    expect(await check(new FakeHosts())).toEqual({
      ok: true,
      provenBy: 'machine ID, system UUID, kubelet certificate and cluster CA, address 10.0.0.5, boot ID',
      layout: hostLayout(),
    });
  });

  it("previews what stays without the node's own address", async () => {
    const hosts = new FakeHosts();
    const kept = [previewItem('address', '10.0.0.5'), previewItem('address', '10.244.1.1')];
    hosts.facts = provenHostFacts({ layout: hostLayout({ preview: { touched: [], kept } }) });
    expect(await check(hosts)).toMatchObject({ ok: true, layout: { preview: { kept: kept.slice(1) } } });
  });

  const failures: [reason: HostFailureReason, code: string][] = [
    ['Unreachable', 'HostUnreachable'],
    ['Unknown', 'HostUnreachable'],
    ['NotConfigured', 'HostUnusable'],
    ['AuthenticationFailed', 'HostUnusable'],
    ['NoRights', 'HostUnusable'],
    ['Unsupported', 'HostUnusable'],
    ['Unreadable', 'HostUnusable'],
    ['HostKeyRefused', 'HostNotProven'],
  ];
  it.each(failures)('a failure %s is the finding %s', async (reason, code) => {
    const hosts = new FakeHosts();
    hosts.failures.connect = new HostFailure(reason, 'it refuses.');
    expect(await check(hosts)).toEqual({ ok: false, code, message: 'it refuses.' });
  });

  it('throws any other failure: the plan fails with it', async () => {
    const hosts = new FakeHosts();
    hosts.failures.connect = new TypeError('a defect');
    await expect(check(hosts)).rejects.toThrow(TypeError);
  });

  it('reports another host', async () => {
    const hosts = new FakeHosts();
    hosts.facts = provenHostFacts({ systemUUID: 'system-2' });
    expect(await check(hosts)).toMatchObject({ ok: false, code: 'HostNotProven' });
  });

  it('tries what stages need once the host is proven, and reports what failed', async () => {
    const hosts = new FakeHosts();
    hosts.inabilities = [{ what: 'stateFolder', words: 'mkdir: Read-only file system' }];
    expect(await check(hosts)).toEqual({
      ok: false,
      code: 'HostUnusable',
      message: expect.stringContaining('"mkdir: Read-only file system"'),
    });
    expect(hosts.abilityCount).toBe(1);
  });

  it('tries nothing on another host', async () => {
    const hosts = new FakeHosts();
    hosts.facts = provenHostFacts({ systemUUID: 'system-2' });
    await check(hosts);
    expect(hosts.abilityCount).toBe(0);
  });

  it('reports IDs that another node also has', async () => {
    const clone = node({ name: 'node-2', machineID: target.machineID, systemUUID });
    expect(await check(new FakeHosts(), [NODE, clone])).toMatchObject({
      code: 'HostNotProven',
      message: expect.stringContaining('node-2'),
    });
  });

  it('reports a host where the stages cannot run', async () => {
    const hosts = new FakeHosts();
    hosts.facts = provenHostFacts({ hasSystemd: false });
    expect(await check(hosts)).toMatchObject({ ok: false, code: 'HostUnusable' });
  });
});
