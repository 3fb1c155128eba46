import { writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, expect, it, jest } from '@jest/globals';
import type { DecommissionPlan } from '../../src/domain/plan.ts';
import type { DecommissionReport } from '../../src/domain/report.ts';
import type { ManagedProcess } from '../../stack/managed-process.ts';
import type { RealNode } from '../../stack/hosts/real-node.ts';
import { awaitClosing } from './harness/closing.ts';
import { startHarness, toKnownHostsPath, type Harness } from './harness/harness.ts';
import { startWorkerWithHosts, type HostsChange } from './harness/host-configuration.ts';
import { describeOnRealNodes } from './harness/on-real-nodes.ts';
import { readSnapshot } from './harness/snapshot.ts';

jest.setTimeout(600_000);

const QUICK = { connectTimeoutSeconds: 2 };

interface Refusal {
  readonly name: string;
  readonly finding: string;
  /** Takes the other node. */
  readonly toHosts?: (other: RealNode) => HostsChange;
  /** Default: the keys of both hosts. */
  readonly toKnownHosts?: (a: RealNode, b: RealNode) => string;
}

describeOnRealNodes('a host that cannot be had', () => {
  let harness: Harness;
  let a: RealNode;
  let b: RealNode;
  let worker: ManagedProcess | undefined;

  beforeAll(async () => {
    harness = await startHarness({ realNodes: true });
    [a, b] = (await harness.stack.createRealNodes([{ name: 'real-a' }, { name: 'real-b' }])) as [RealNode, RealNode];
  });

  afterEach(async () => {
    await worker?.stop('SIGKILL');
    worker = undefined;
  });

  afterAll(async () => {
    await harness.stop();
  });

  const decommission = async (
    hostCleanup: 'required' | 'bestEffort',
  ): Promise<{ readonly report: DecommissionReport; readonly codes: readonly string[] }> => {
    const run = await harness.start({ nodeNames: ['real-a'], hostCleanup });
    const { report } = await awaitClosing(run);
    const { findings } = await run.query<DecommissionPlan>('plan');
    return { report, codes: findings.filter(({ severity }) => severity === 'refusal').map(({ code }) => code) };
  };

  const readHost = async (node: RealNode): Promise<string> =>
    await node.read(
      'systemctl is-active kubelet containerd; systemctl is-enabled kubelet; ls -d /run/node-decommission* /var/lib/node-decommission* 2>/dev/null; find /etc/kubernetes /var/lib/kubelet/pki | sort',
    );

  const readAll = async (): Promise<unknown> => ({
    cluster: await readSnapshot(harness.stack),
    hosts: [await readHost(a), await readHost(b)],
  });

  const toKeyLine = (address: string, key: string | undefined): string => `${address} ${key ?? ''}\n`;
  const refusals: readonly Refusal[] = [
    {
      name: 'is the machine of another node',
      finding: 'HostNotProven',
      toHosts: ({ address }) => ({ nodes: [{ match: 'real-a', host: address }] }),
    },
    { name: 'has an unknown key', finding: 'HostNotProven', toKnownHosts: (_a, other) => other.knownHosts },
    {
      name: 'has another key than the known one',
      finding: 'HostNotProven',
      toKnownHosts: ({ address }, other) => other.hostKeys.map((key) => toKeyLine(address, key)).join(''),
    },
    {
      name: 'has a revoked key',
      finding: 'HostNotProven',
      toKnownHosts: ({ address, hostKeys, knownHosts }) =>
        knownHosts + hostKeys.map((key) => `@revoked ${toKeyLine(address, key)}`).join(''),
    },
    { name: 'lets us in without rights', finding: 'HostUnusable', toHosts: () => ({ defaults: { user: 'guest' } }) },
  ];

  it.each(refusals)('is refused, and nothing is changed, when it $name', async ({ finding, toHosts, toKnownHosts }) => {
    const change = toHosts?.(b);
    writeFileSync(toKnownHostsPath(harness.stack), toKnownHosts?.(a, b) ?? a.knownHosts + b.knownHosts);
    const before = await readAll();
    worker = await startWorkerWithHosts(harness, { ...change, defaults: { ...QUICK, ...change?.defaults } });
    const { report, codes } = await decommission('required');
    expect(report.outcome).toBe('Refused');
    expect(codes).toEqual([finding]);
    expect(await readAll()).toEqual(before);
  });

  it('is refused, and nothing is changed, when it cannot be reached', async () => {
    writeFileSync(toKnownHostsPath(harness.stack), a.knownHosts + b.knownHosts);
    worker = await startWorkerWithHosts(harness, { defaults: QUICK });
    const before = await readAll();
    await a.setReachable(false);
    try {
      const { report, codes } = await decommission('required');
      expect(report.outcome).toBe('Refused');
      expect(codes).toEqual(['HostUnreachable']);
      expect(await readAll()).toEqual(before);
    } finally {
      await a.setReachable(true);
    }
  });

  it('is left as it is when it cannot be reached and the cleanup may fail', async () => {
    worker = await startWorkerWithHosts(harness, { defaults: QUICK });
    const before = await readHost(a);
    await a.setReachable(false);
    const { report } = await decommission('bestEffort');
    expect(report.outcome).toBe('Decommissioned');
    const [node] = report.nodes;
    const hostSteps = node?.steps.filter(({ name }) => ['stopKubelet', 'cleanHost', 'verifyHost'].includes(name));
    expect(hostSteps?.map(({ status }) => status)).toEqual(['Skipped', 'Skipped', 'Skipped']);
    expect(node?.notes.join('\n')).toContain('the host is left as it is');
    expect(await readHost(a)).toBe(before);
  });
});
