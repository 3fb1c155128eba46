import { writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import type { DecommissionReport, StepName } from '../../src/domain/run/report.ts';
import type { RealNode } from '../../stack/hosts/real-node.ts';
import { awaitClosing } from './harness/closing.ts';
import { startHarness, toKnownHostsPath, type Harness, type Run } from './harness/harness.ts';
import { startWorkerWithHosts } from './harness/host-configuration.ts';
import { describeOnRealNodes } from './harness/on-real-nodes.ts';
import { awaitPhase } from './harness/progress.ts';
import { awaitHeld, readStarts, release, SLOW_STOP_FILES } from './harness/slow-stop.ts';

/** The journal outlives a loss of power. */
const FILES = { ...SLOW_STOP_FILES, '/var/log/journal/kept': '' };

/** What happens to a host while its kubelet is being stopped, and how a person makes up for it. */
interface Trouble {
  readonly node: string;
  readonly name: string;
  readonly befall: (host: RealNode) => Promise<void> | void;
  readonly mend: (host: RealNode) => Promise<void> | void;
  /** Part of what the person is told. */
  readonly told: string;
}

describeOnRealNodes('past the point of no return, a host', () => {
  let harness: Harness;
  /** Another host's keys. */
  let otherKeys: readonly string[];
  /** The test's own. */
  let host: RealNode;

  const writeKnownHosts = (lines: string): void => {
    writeFileSync(toKnownHostsPath(harness.stack), lines);
  };
  const toLines = ({ address }: RealNode, keys: readonly string[], mark = ''): string =>
    keys.map((key) => `${mark}${address} ${key}\n`).join('');

  const troubles: readonly Trouble[] = [
    {
      node: 'cut',
      name: 'cannot be reached any more',
      befall: (host) => host.setReachable(false),
      mend: (host) => host.setReachable(true),
      told: 'Could not connect to the host of node "cut"',
    },
    {
      node: 'changed',
      name: 'has another key than the known one',
      befall: (host) => {
        writeKnownHosts(toLines(host, otherKeys));
      },
      mend: ({ knownHosts }) => {
        writeKnownHosts(knownHosts);
      },
      told: 'it presents another host key',
    },
    {
      node: 'revoked',
      name: 'has a key that was revoked meanwhile',
      befall: (host) => {
        writeKnownHosts(host.knownHosts + toLines(host, host.hostKeys, '@revoked '));
      },
      mend: ({ knownHosts }) => {
        writeKnownHosts(knownHosts);
      },
      told: 'is revoked',
    },
    {
      node: 'exchanged',
      name: 'is another machine by its machine ID',
      befall: async (host) => {
        await host.read('cp /etc/machine-id /root/machine-id && tr 0-9a-f 1-9a-f0 </root/machine-id >/etc/machine-id');
      },
      mend: async (host) => {
        await host.read('cat /root/machine-id >/etc/machine-id');
      },
      told: 'its machine ID is',
    },
  ];
  beforeAll(async () => {
    harness = await startHarness({
      realNodes: true,
      waits: { settleSeconds: 0.5, emptyTwiceSeconds: 0.5, staysGoneSeconds: 1, hostPatienceSeconds: 5 },
    });
    const [other] = (await harness.stack.createRealNodes([{ name: 'other' }])) as [RealNode];
    otherKeys = other.hostKeys;
    await other.cutPower();
    await startWorkerWithHosts(harness, {});
  });

  afterEach(async () => {
    await host.cutPower();
  });

  afterAll(async () => {
    await harness.stop();
  });

  /** Its kubelet is being stopped, and does not end before `release`. */
  const startUntilHeld = async (name: string): Promise<Run> => {
    [host] = (await harness.stack.createRealNodes([{ name, files: FILES }])) as [RealNode];
    writeKnownHosts(host.knownHosts);
    const run = await harness.start({ nodeNames: [host.name] });
    await awaitHeld(host, 'stopKubelet');
    return run;
  };

  const expectDone = async (
    report: DecommissionReport,
    starts: readonly StepName[] = ['stopKubelet', 'cleanHost'],
  ): Promise<void> => {
    expect(report.outcome).toBe('Decommissioned');
    expect(await readStarts(host)).toEqual(starts);
    expect(await harness.stack.api.find(`/api/v1/nodes/${host.name}`)).toBeUndefined();
    expect(await host.read('systemctl is-enabled kubelet || true')).toBe('masked\n');
  };

  it.each(troubles)('that $name is parked, and cleaned once a person said so', async ({ node, befall, mend, told }) => {
    const run = await startUntilHeld(node);
    await befall(host);
    // A connection that is there already needs neither a key nor an identity any more.
    await host.exec("pkill -KILL -f '^sshd: ops'");
    await awaitPhase(run, 'NeedsOperator');
    const status = await harness.runCli(['status', run.workflowId]);
    expect(status.stdout).toContain(told);
    expect(status.stdout).toContain('resume');
    expect(await harness.runCli(['watch', run.workflowId])).toMatchObject({ exitCode: 4 });

    await mend(host);
    for (const stage of ['stopKubelet', 'cleanHost'] as const) await release(host, stage);
    await run.executeUpdate('resume', { args: [{ by: 'ann', reason: 'the host is well again' }] });
    const { report } = await awaitClosing(run);
    await expectDone(report);
    expect(report.nodes[0]?.notes.join('\n')).toContain('was parked');
  });

  it('is cleaned although the cancel comes while its kubelet is stopped', async () => {
    const run = await startUntilHeld('cancelled');
    await run.cancel();
    for (const stage of ['stopKubelet', 'cleanHost'] as const) await release(host, stage);
    const { report } = await awaitClosing(run);
    await expectDone(report);
  });

  it('that loses its power in both stages is cleaned: each is begun once more', async () => {
    const run = await startUntilHeld('restarted');
    for (const stage of ['stopKubelet', 'cleanHost'] as const) {
      await awaitHeld(host, stage);
      await release(host, stage);
      await host.read('journalctl --sync');
      await host.cutPower();
      await host.powerOn();
    }
    const { report } = await awaitClosing(run);
    await expectDone(report, ['stopKubelet', 'stopKubelet', 'cleanHost', 'cleanHost']);
  });
});
