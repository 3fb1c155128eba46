import { writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { DecommissionPlan } from '../../src/domain/plan/decommission-plan.ts';
import type { DecommissionReport } from '../../src/domain/run/report.ts';
import type { ManagedProcess } from '../../stack/processes/managed-process.ts';
import type { RealNode } from '../../stack/hosts/real-node.ts';
import { holdRequests, nodeChange } from './harness/admission-hold.ts';
import { awaitClosing } from './harness/closing.ts';
import { DISGUISES, type Disguise, type DisguiseScene } from './harness/disguises.ts';
import { startHarness, toKnownHostsPath, type Harness } from './harness/harness.ts';
import { startWorkerWithHosts, type HostsChange } from './harness/host-configuration.ts';
import { describeOnRealNodes } from './harness/on-real-nodes.ts';
import { awaitStep } from './harness/progress.ts';
import { awaitSnapshot, readSnapshot, type Snapshot } from './harness/snapshot.ts';

const QUICK = { connectTimeoutSeconds: 8 };

interface Refusal {
  readonly name: string;
  readonly finding: string;
  /** Part of what a person is told. */
  readonly says: string;
  /** Takes the other node. */
  readonly toHosts?: (other: RealNode) => HostsChange;
  /** Default: the keys of both hosts. */
  readonly toKnownHosts?: (a: RealNode, b: RealNode) => string;
}

/** What happens between preflight and the stop of the kubelet. */
const MIDWAY: readonly (Omit<Disguise, 'told'> & { readonly type: string })[] = [
  ...DISGUISES.filter(({ name }) => name === 'machine ID is another' || name.includes('no certificate')).map(
    (disguise) => ({ ...disguise, name: `whose ${disguise.name}`, type: 'HostNotProven' }),
  ),
  {
    name: 'with another host key',
    type: 'HostKeyRefused',
    putOn: ({ stack, host, other }) => {
      const [key = ''] = other.hostKeys;
      writeFileSync(toKnownHostsPath(stack), `${host.address} ${key}\n`);
      return Promise.resolve();
    },
    takeOff: () => Promise.resolve(),
  },
  {
    name: 'that cannot be reached',
    type: 'HostUnreachable',
    putOn: ({ host }) => host.setReachable(false),
    takeOff: ({ host }) => host.setReachable(true),
  },
];

describeOnRealNodes('a host that cannot be had', () => {
  let harness: Harness;
  let a: RealNode;
  let b: RealNode;
  let c: RealNode;
  /** The test's own; all of those with a frozen kubelet share one. */
  let worker: ManagedProcess | undefined;

  beforeAll(async () => {
    harness = await startHarness({ realNodes: true });
    [a, b, c] = (await harness.stack.createRealNodes([{ name: 'real-a' }, { name: 'real-b' }, { name: 'real-c' }])) as [
      RealNode,
      RealNode,
      RealNode,
    ];
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
    nodeName = 'real-a',
  ): Promise<{ readonly report: DecommissionReport; readonly codes: readonly string[]; readonly told: string }> => {
    const run = await harness.start({ nodeNames: [nodeName], hostCleanup });
    const { report } = await awaitClosing(run);
    const { findings } = await run.query<DecommissionPlan>('plan');
    const refusals = findings.filter(({ severity }) => severity === 'refusal');
    return { report, codes: refusals.map(({ code }) => code), told: refusals.map(({ message }) => message).join(' ') };
  };

  const readHost = async (node: RealNode): Promise<string> =>
    await node.read(
      [
        'systemctl is-active kubelet containerd docker; systemctl is-enabled kubelet containerd docker',
        'ls -d /run/node-decommission* /var/lib/node-decommission* 2>/dev/null',
        'find /etc/kubernetes /var/lib/kubelet/pki /etc/systemd/system -type f -exec sha256sum {} + | sort',
        'crictl ps --all --quiet | sort; cat /proc/sys/kernel/random/boot_id',
      ].join('; '),
    );

  const readAll = async (): Promise<unknown> => {
    const [cluster, ...hosts] = await Promise.all([readSnapshot(harness.stack), readHost(a), readHost(b)]);
    return { cluster, hosts };
  };

  const toKeyLine = (address: string, key: string | undefined): string => `${address} ${key ?? ''}\n`;
  const rows: readonly Refusal[] = [
    {
      name: 'is the machine of another node',
      finding: 'HostNotProven',
      says: 'its machine ID is',
      toHosts: ({ address }) => ({ nodes: [{ match: 'real-a', host: address }] }),
    },
    {
      name: 'has an unknown key',
      finding: 'HostNotProven',
      says: 'is not known',
      toKnownHosts: (_a, other) => other.knownHosts,
    },
    {
      name: 'has another key than the known one',
      finding: 'HostNotProven',
      says: 'another host key',
      toKnownHosts: ({ address }, other) => other.hostKeys.map((key) => toKeyLine(address, key)).join(''),
    },
    {
      name: 'has a revoked key',
      finding: 'HostNotProven',
      says: 'was revoked',
      toKnownHosts: ({ address, hostKeys, knownHosts }) =>
        knownHosts + hostKeys.map((key) => `@revoked ${toKeyLine(address, key)}`).join(''),
    },
    {
      name: 'lets us in without rights',
      finding: 'HostUnusable',
      says: 'sudo',
      toHosts: () => ({ defaults: { user: 'guest' } }),
    },
  ];

  it.each(rows)(
    'is refused, and nothing is changed, when it $name',
    async ({ finding, says, toHosts, toKnownHosts }) => {
      const change = toHosts?.(b);
      writeFileSync(toKnownHostsPath(harness.stack), toKnownHosts?.(a, b) ?? a.knownHosts + b.knownHosts);
      const before = await readAll();
      worker = await startWorkerWithHosts(harness, { ...change, defaults: { ...QUICK, ...change?.defaults } });
      const { report, codes, told } = await decommission('required');
      expect(report.outcome).toBe('Refused');
      expect(codes).toEqual([finding]);
      expect(told).toContain(says);
      expect(await readAll()).toEqual(before);
    },
  );

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
    writeFileSync(toKnownHostsPath(harness.stack), c.knownHosts);
    const before = await readHost(c);
    await c.setReachable(false);
    const { report } = await decommission('bestEffort', 'real-c');
    expect(report.outcome).toBe('Decommissioned');
    const [node] = report.nodes;
    const hostSteps = node?.steps.filter(({ name }) => ['stopKubelet', 'cleanHost', 'verifyHost'].includes(name));
    expect(hostSteps?.map(({ status }) => status)).toEqual(['Skipped', 'Skipped', 'Skipped']);
    expect(node?.notes.join('\n')).toContain('the host is left as it is');
    expect(await readHost(c)).toBe(before);
  });

  describe('of a node whose kubelet is frozen', () => {
    const scene = (): DisguiseScene => ({ stack: harness.stack, host: a, other: b });
    const freeze = async (): Promise<void> => {
      for (const host of [a, b]) await host.read('systemctl kill --signal=STOP kubelet');
    };
    beforeAll(async () => {
      // For good: a kubelet that slept for minutes calls itself not ready.
      await freeze();
      // By its own address, also where the Node names others.
      await startWorkerWithHosts(harness, { defaults: QUICK, nodes: [{ match: 'real-a', host: a.address }] });
    });

    beforeEach(() => {
      writeFileSync(toKnownHostsPath(harness.stack), a.knownHosts + b.knownHosts);
    });

    it.each(DISGUISES)('is refused, and nothing is changed, when it is one whose $name', async (disguise) => {
      await disguise.putOn(scene());
      try {
        const before = await readAll();
        const { report, codes, told } = await decommission('required');
        expect(report.outcome).toBe('Refused');
        expect(codes).toEqual(['HostNotProven']);
        expect(told).toContain(disguise.told);
        expect(await readAll()).toEqual(before);
      } finally {
        await disguise.takeOff(scene());
      }
    });

    it.each(MIDWAY)(
      'is not touched, and its node is put back, when it becomes during the drain one $name',
      async ({ type, putOn, takeOff }) => {
        const before = await readAll();
        const hold = await holdRequests(harness.stack, nodeChange('real-a', { cordonOnly: true }));
        const run = await harness.start({ nodeNames: ['real-a'] });
        await awaitStep(harness, run, 'real-a', 'cordon');
        await putOn(scene());
        try {
          await hold.release();
          const { report } = await awaitClosing(run);
          expect(report).toMatchObject({ outcome: 'RolledBack', failure: { type } });
        } finally {
          await takeOff(scene());
        }
        await awaitSnapshot(harness.stack, (before as { cluster: Snapshot }).cluster);
        expect(await readAll()).toEqual(before);
      },
    );
  });
});
