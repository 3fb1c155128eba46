import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { DecommissionReport, StepName } from '../../src/domain/report.ts';
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
  let hosts: ReadonlyMap<string, RealNode>;

  const writeKnownHosts = (lines: (host: RealNode) => string = (host) => host.knownHosts): void => {
    writeFileSync(toKnownHostsPath(harness.stack), [...hosts.values()].map(lines).join(''));
  };
  const toLines = ({ address }: RealNode, keys: readonly string[], mark = ''): string =>
    keys.map((key) => `${mark}${address} ${key}\n`).join('');

  const troubles: readonly Trouble[] = [
    {
      node: 'cut',
      name: 'cannot be reached any more',
      befall: (host) => host.setReachable(false),
      mend: (host) => host.setReachable(true),
      told: 'it took no connection within 2 s',
    },
    {
      node: 'changed',
      name: 'has another key than the known one',
      befall: ({ name }) => {
        const { hostKeys } = hosts.get('cancelled')!;
        writeKnownHosts((host) => (host.name === name ? toLines(host, hostKeys) : host.knownHosts));
      },
      mend: () => {
        writeKnownHosts();
      },
      told: 'it shows another host key',
    },
    {
      node: 'revoked',
      name: 'has a key that was revoked meanwhile',
      befall: ({ name }) => {
        writeKnownHosts(
          (host) => host.knownHosts + (host.name === name ? toLines(host, host.hostKeys, '@revoked ') : ''),
        );
      },
      mend: () => {
        writeKnownHosts();
      },
      told: 'was revoked',
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
  const NODES = [...troubles.map(({ node }) => node), 'cancelled', 'restarted'];

  beforeAll(async () => {
    harness = await startHarness({
      realNodes: true,
      waits: { settleSeconds: 0.5, emptyTwiceSeconds: 0.5, staysGoneSeconds: 1, hostPatienceSeconds: 5 },
    });
    const made = await harness.stack.createRealNodes(NODES.map((name) => ({ name, files: FILES })));
    hosts = new Map(made.map((host) => [host.name, host]));
    writeKnownHosts();
    await startWorkerWithHosts(harness, {});
  });

  beforeEach(() => {
    writeKnownHosts();
  });

  afterAll(async () => {
    await harness.stop();
  });

  /** Its kubelet is being stopped, and does not end before `release`. */
  const startUntilHeld = async (host: RealNode): Promise<Run> => {
    const run = await harness.start({ nodeNames: [host.name] });
    await awaitHeld(host, 'stopKubelet');
    return run;
  };

  const expectDone = async (
    host: RealNode,
    report: DecommissionReport,
    starts: readonly StepName[] = ['stopKubelet', 'cleanHost'],
  ): Promise<void> => {
    expect(report.outcome).toBe('Decommissioned');
    expect(await readStarts(host)).toEqual(starts);
    expect(await harness.stack.api.find(`/api/v1/nodes/${host.name}`)).toBeUndefined();
    expect(await host.read('systemctl is-enabled kubelet || true')).toBe('masked\n');
  };

  it.each(troubles)('that $name is parked, and cleaned once a person said so', async ({ node, befall, mend, told }) => {
    const host = hosts.get(node)!;
    const run = await startUntilHeld(host);
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
    await expectDone(host, report);
    expect(report.nodes[0]?.notes.join('\n')).toContain('was parked');
  });

  it('is cleaned although the cancel comes while its kubelet is stopped', async () => {
    const host = hosts.get('cancelled')!;
    const run = await startUntilHeld(host);
    await run.cancel();
    for (const stage of ['stopKubelet', 'cleanHost'] as const) await release(host, stage);
    const { report } = await awaitClosing(run);
    await expectDone(host, report);
  });

  it('that loses its power in both stages is cleaned: each is begun once more', async () => {
    const host = hosts.get('restarted')!;
    const run = await startUntilHeld(host);
    for (const stage of ['stopKubelet', 'cleanHost'] as const) {
      await awaitHeld(host, stage);
      await release(host, stage);
      await host.read('journalctl --sync');
      await host.cutPower();
      await host.powerOn();
    }
    const { report } = await awaitClosing(run);
    await expectDone(host, report, ['stopKubelet', 'stopKubelet', 'cleanHost', 'cleanHost']);
  });
});
