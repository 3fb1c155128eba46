import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { DecommissionPlan } from '../../src/domain/plan/decommission-plan.ts';
import type { DecommissionReport } from '../../src/domain/run/report.ts';
import { awaitCondition } from '../../stack/processes/await-condition.ts';
import type { ManagedProcess } from '../../stack/processes/managed-process.ts';
import type { RealNode } from '../../stack/hosts/real-node.ts';
import { boundRows } from '../long-run.ts';
import { recordCase } from '../ssh/host/case-table.ts';
import { blockRequests, nodeChange } from './harness/blocked-requests.ts';
import { awaitClosing } from './harness/closing.ts';
import { IDENTITY_FAULTS, type IdentityFault, type IdentityScene } from './harness/identity-faults.ts';
import { startHarness, toKnownHostsPath, type Harness } from './harness/harness.ts';
import { startWorkerWithHosts, type HostsChange } from './harness/host-configuration.ts';
import { describeOnRealNodes } from './harness/on-real-nodes.ts';
import { awaitStep } from './harness/progress.ts';
import { readSnapshot } from './harness/snapshot.ts';

const QUICK = { connectTimeoutSeconds: 3 };
/** What `readAll` compares. */
const UNCHANGED = "everything: units, credentials and unit files by checksum, containers, boot; the cluster's objects";

interface Refusal {
  readonly name: string;
  readonly finding: string;
  /** Part of the message. */
  readonly expectedText: string;
  /** Called with the other node. */
  readonly toHosts?: (other: RealNode) => HostsChange;
  /** Default: the keys of both hosts. */
  readonly toKnownHosts?: (a: RealNode, b: RealNode) => string;
}

/** Faults between preflight and the stop of the kubelet. */
const MIDWAY: readonly (Omit<IdentityFault, 'expectedText'> & { readonly type: string })[] = [
  ...IDENTITY_FAULTS.filter(({ name }) => name === 'machine ID is another' || name.includes('no certificate')).map(
    (fault) => ({ ...fault, name: `whose ${fault.name}`, type: 'HostNotProven' }),
  ),
  {
    name: 'with another host key',
    type: 'HostKeyRefused',
    apply: ({ stack, host, other }) => {
      const [key = ''] = other.hostKeys;
      const path = toKnownHostsPath(stack);
      const lines = readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => !line.startsWith(`${host.address} `));
      writeFileSync(path, [`${host.address} ${key}`, ...lines].join('\n'));
      return Promise.resolve();
    },
    revert: () => Promise.resolve(),
  },
  {
    name: 'that cannot be reached',
    type: 'HostUnreachable',
    apply: ({ host }) => host.setReachable(false),
    revert: ({ host }) => host.setReachable(true),
  },
];

describeOnRealNodes('a host that cannot be used', () => {
  let harness: Harness;
  let a: RealNode;
  let b: RealNode;
  let c: RealNode;
  let unreachable: ReturnType<typeof decommissionUnreachable>;
  /** The test's own; all tests with a suspended kubelet share one. */
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
  ): Promise<{ readonly report: DecommissionReport; readonly codes: readonly string[]; readonly messages: string }> => {
    const run = await harness.start({ nodeNames: [nodeName], hostCleanup });
    const { report } = await awaitClosing(run);
    const { findings } = await run.query<DecommissionPlan>('plan');
    const refusals = findings.filter(({ severity }) => severity === 'refusal');
    return {
      report,
      codes: refusals.map(({ code }) => code),
      messages: refusals.map(({ message }) => message).join(' '),
    };
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

  /** Without the node `real-c`, which is decommissioned at the same time. */
  const readAll = async (): Promise<unknown> => {
    const [cluster, ...hosts] = await Promise.all([readSnapshot(harness.stack), readHost(a), readHost(b)]);
    return { cluster: { ...cluster, 'Node /real-c': undefined }, hosts };
  };

  /** Controllers remove their own taint a moment after an uncordon. Returns the last state in any case; the tests compare. */
  const awaitAll = async (before: unknown): Promise<unknown> => {
    let now = await readAll();
    const wait = awaitCondition(
      'everything is as before',
      async () => {
        now = await readAll();
        return JSON.stringify(now) === JSON.stringify(before);
      },
      { timeoutMilliseconds: 60_000, intervalMilliseconds: 500 },
    );
    await Promise.allSettled([wait]);
    return now;
  };

  const writeAllKnownHosts = (): void => {
    writeFileSync(toKnownHostsPath(harness.stack), a.knownHosts + b.knownHosts + c.knownHosts);
  };

  /** The timeout of the host takes two minutes, so this runs at the same time as the tests of the other two. */
  const decommissionUnreachable = async (): Promise<{ report: DecommissionReport; before: string; after: string }> => {
    const before = await readHost(c);
    await c.setReachable(false);
    const { report } = await decommission('bestEffort', 'real-c');
    return { report, before, after: await readHost(c) };
  };

  const toKeyLine = (address: string, key: string | undefined): string => `${address} ${key ?? ''}\n`;
  const rows: readonly Refusal[] = [
    {
      name: 'is the machine of another node',
      finding: 'HostNotProven',
      expectedText: 'its machine ID is',
      toHosts: ({ address }) => ({ nodes: [{ match: 'real-a', host: address }] }),
    },
    {
      name: 'has an unknown key',
      finding: 'HostNotProven',
      expectedText: 'its host key is unknown',
      toKnownHosts: (_a, other) => other.knownHosts,
    },
    {
      name: 'has another key than the known one',
      finding: 'HostNotProven',
      expectedText: 'another host key',
      toKnownHosts: ({ address }, other) => other.hostKeys.map((key) => toKeyLine(address, key)).join(''),
    },
    {
      name: 'has a revoked key',
      finding: 'HostNotProven',
      expectedText: 'is revoked',
      toKnownHosts: ({ address, hostKeys, knownHosts }) =>
        knownHosts + hostKeys.map((key) => `@revoked ${toKeyLine(address, key)}`).join(''),
    },
    {
      name: 'accepts the login but grants no rights',
      finding: 'HostUnusable',
      expectedText: 'sudo requires a password of user "guest": "sudo: a password is required"',
      toHosts: () => ({ defaults: { user: 'guest' } }),
    },
  ];

  it.each(boundRows(rows, 4))(
    'is refused, and nothing is changed, when it $name',
    async ({ name, finding, expectedText, toHosts, toKnownHosts }) => {
      const change = toHosts?.(b);
      writeFileSync(toKnownHostsPath(harness.stack), toKnownHosts?.(a, b) ?? a.knownHosts + b.knownHosts);
      const before = await readAll();
      worker = await startWorkerWithHosts(harness, { ...change, defaults: { ...QUICK, ...change?.defaults } });
      const { report, codes, messages } = await decommission('required');
      expect(report.outcome).toBe('Refused');
      expect(codes).toEqual([finding]);
      expect(messages).toContain(expectedText);
      expect(await readAll()).toEqual(before);
      recordCase({ layout: `a host that ${name}`, how: 'real host', outcome: 'refused', stays: UNCHANGED });
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
      recordCase({ layout: 'a host that cannot be reached', how: 'real host', outcome: 'refused', stays: UNCHANGED });
    } finally {
      await a.setReachable(true);
    }
  });

  describe('of a node whose kubelet is suspended', () => {
    const scene = (): IdentityScene => ({ stack: harness.stack, host: a, other: b });
    const suspendKubelets = async (): Promise<void> => {
      for (const host of [a, b]) await host.read('systemctl kill --signal=STOP kubelet');
    };
    beforeAll(async () => {
      // Not resumed: after minutes of suspension a kubelet reports NotReady.
      await suspendKubelets();
      // By its own address, even if the Node names others.
      await startWorkerWithHosts(harness, { defaults: QUICK, nodes: [{ match: 'real-a', host: a.address }] });
      writeAllKnownHosts();
      unreachable = decommissionUnreachable();
      unreachable.catch(() => undefined); // Its test also awaits it.
    });

    beforeEach(() => {
      writeAllKnownHosts();
    });

    it.each(boundRows(IDENTITY_FAULTS, 6))(
      'is refused, and nothing is changed, when it is one whose $name',
      async (fault) => {
        await fault.apply(scene());
        try {
          const before = await readAll();
          const { report, codes, messages } = await decommission('required');
          expect(report.outcome).toBe('Refused');
          expect(codes).toEqual(['HostNotProven']);
          expect(messages).toContain(fault.expectedText);
          expect(await readAll()).toEqual(before);
          recordCase({ layout: `a host whose ${fault.name}`, how: 'real host', outcome: 'refused', stays: UNCHANGED });
        } finally {
          await fault.revert(scene());
        }
      },
    );

    it.each(boundRows(MIDWAY, 3))(
      'is left alone, and its node is undone, when during the drain it becomes one $name',
      async ({ type, apply, revert }) => {
        const before = await readAll();
        const block = await blockRequests(harness.stack, nodeChange('real-a', { cordonOnly: true }));
        const run = await harness.start({ nodeNames: ['real-a'] });
        await awaitStep(harness, run, 'real-a', 'cordon');
        await apply(scene());
        try {
          await block.release();
          const { report } = await awaitClosing(run);
          expect(report).toMatchObject({ outcome: 'RolledBack', failure: { type } });
        } finally {
          await revert(scene());
        }
        expect(await awaitAll(before)).toEqual(before);
      },
    );
  });

  it('is left alone when it cannot be reached and the cleanup may fail', async () => {
    const { report, before, after } = await unreachable;
    expect(report.outcome).toBe('Decommissioned');
    const [node] = report.nodes;
    const hostSteps = node?.steps.filter(({ name }) => ['stopKubelet', 'cleanHost', 'verifyHost'].includes(name));
    expect(hostSteps?.map(({ status }) => status)).toEqual(['Skipped', 'Skipped', 'Skipped']);
    expect(node?.notes.join('\n')).toContain('the host is left unchanged');
    expect(after).toBe(before);
  });
});
