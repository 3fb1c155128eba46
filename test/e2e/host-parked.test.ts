import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { DecommissionReport, StepName } from '../../src/domain/run/report.ts';
import type { KubernetesObject } from '../../stack/cluster-fixtures/kubernetes-object.ts';
import type { RealNode } from '../../stack/hosts/real-node.ts';
import { boundRows, isLongRun, itInLongRun } from '../long-run.ts';
import { recordCase } from '../ssh/host/case-table.ts';
import { awaitClosing } from './harness/closing.ts';
import { startHarness, toKnownHostsPath, type CliResult, type Harness, type Run } from './harness/harness.ts';
import { startWorkerWithHosts } from './harness/host-configuration.ts';
import { awaitPolled } from './harness/host-place.ts';
import { describeOnRealNodes } from './harness/on-real-nodes.ts';
import { awaitPhase } from './harness/progress.ts';
import { awaitStopping, readStarts, release, SLOW_STOP_FILES, STAGES } from './harness/slow-stop.ts';

/** The journal survives a power loss. */
const FILES = { ...SLOW_STOP_FILES, '/var/log/journal/kept': '' };

/** A fault of a host while its kubelet is being stopped, and its fix by an operator. */
interface Trouble {
  readonly node: string;
  readonly name: string;
  readonly cause: (host: RealNode, other: RealNode) => Promise<void> | void;
  readonly fix: (host: RealNode) => Promise<void> | void;
  /** Part of the message. */
  readonly expectedText: string;
}

/** A closed run, and the state of its host and of the cluster at its end. */
interface Ending {
  readonly report: DecommissionReport;
  /** The started stages, in order. */
  readonly starts: readonly string[];
  readonly node: KubernetesObject | undefined;
  readonly kubeletState: string;
}

interface ParkedEnding extends Ending {
  readonly status: CliResult;
  readonly watched: CliResult;
}

/** Root's inotify instances are enough for six hosts: half of them are left for other suites. */
const HOSTS_AT_ONCE = 3;

describeOnRealNodes('past the point of no return, a host', () => {
  let harness: Harness;
  /** By the host's name: its lines in the file that all share. */
  const knownHosts = new Map<string, string>();
  const endings = new Map<string, Promise<Ending | ParkedEnding>>();

  const writeKnownHosts = ({ name }: RealNode, lines: string): void => {
    knownHosts.set(name, lines);
    writeFileSync(toKnownHostsPath(harness.stack), [...knownHosts.values()].join(''));
  };
  const toLines = ({ address }: RealNode, keys: readonly string[], mark = ''): string =>
    keys.map((key) => `${mark}${address} ${key}\n`).join('');

  const troubles = boundRows<Trouble>(
    [
      {
        node: 'cut',
        name: 'can no longer be reached',
        cause: (host) => host.setReachable(false),
        fix: (host) => host.setReachable(true),
        expectedText: 'Could not connect to the host of node "cut"',
      },
      {
        node: 'changed',
        name: 'has another key than the known one',
        cause: (host, other) => {
          writeKnownHosts(host, toLines(host, other.hostKeys));
        },
        fix: (host) => {
          writeKnownHosts(host, host.knownHosts);
        },
        expectedText: 'it presents another host key',
      },
      {
        node: 'revoked',
        name: 'has a key that was revoked in the meantime',
        cause: (host) => {
          writeKnownHosts(host, host.knownHosts + toLines(host, host.hostKeys, '@revoked '));
        },
        fix: (host) => {
          writeKnownHosts(host, host.knownHosts);
        },
        expectedText: 'is revoked',
      },
      {
        node: 'exchanged',
        name: 'is another machine by its machine ID',
        cause: async (host) => {
          await host.read(
            'cp /etc/machine-id /root/machine-id && tr 0-9a-f 1-9a-f0 </root/machine-id >/etc/machine-id',
          );
        },
        fix: async (host) => {
          await host.read('cat /root/machine-id >/etc/machine-id');
        },
        expectedText: 'its machine ID is',
      },
    ],
    4,
  );

  beforeAll(async () => {
    harness = await startHarness({
      realNodes: true,
      waits: { settleSeconds: 0.5, emptyTwiceSeconds: 0.5, staysGoneSeconds: 1, hostPatienceSeconds: 5 },
    });
    // A stage that waits longer for its unit kills it: the run must have parked by then.
    await startWorkerWithHosts(harness, { defaults: { connectTimeoutSeconds: 5 } });
    const names = [...troubles.map(({ node }) => node), 'cancelled', ...(isLongRun ? ['restarted'] : [])];
    for (let first = 0; first < names.length; first += HOSTS_AT_ONCE) {
      await playTogether(names.slice(first, first + HOSTS_AT_ONCE));
    }
  });

  afterAll(async () => {
    await harness.stop();
  });

  const playTogether = async (names: readonly string[]): Promise<void> => {
    const hosts = await harness.stack.createRealNodes(names.map((name) => ({ name, files: FILES })));
    for (const host of hosts) writeKnownHosts(host, host.knownHosts);
    hosts.forEach((host, index) => {
      const trouble = troubles.find(({ node }) => node === host.name);
      const other = hosts[(index + 1) % hosts.length]!;
      const play = trouble ? parkAndResume(trouble, host, other) : plays[host.name as keyof typeof plays](host);
      endings.set(host.name, play);
    });
    await Promise.allSettled(endings.values());
    await Promise.all(hosts.map((host) => host.cutPower()));
  };

  /** Its kubelet is being stopped, and does not exit before `release`. */
  const startUntilStopping = async (host: RealNode): Promise<Run> => {
    const run = await harness.start({ nodeNames: [host.name] });
    await awaitStopping(host, 'stopKubelet');
    return run;
  };

  const releaseAll = async (host: RealNode): Promise<void> => {
    for (const stage of STAGES) await release(host, stage);
  };

  const awaitEnding = async (run: Run, host: RealNode): Promise<Ending> => {
    const { report } = await awaitClosing(run);
    return {
      report,
      starts: await readStarts(host),
      node: await harness.stack.api.find(`/api/v1/nodes/${host.name}`),
      kubeletState: await host.read('systemctl is-enabled kubelet || true'),
    };
  };

  const parkAndResume = async ({ cause, fix }: Trouble, host: RealNode, other: RealNode): Promise<ParkedEnding> => {
    const run = await startUntilStopping(host);
    await cause(host, other);
    // An existing connection is not verified again.
    await host.exec("pkill -KILL -f '^sshd: ops'");
    await awaitPhase(run, 'NeedsOperator');
    const status = await harness.runCli(['status', run.workflowId]);
    const watched = await harness.runCli(['watch', run.workflowId]);

    await fix(host);
    await run.executeUpdate('resume', { args: [{ by: 'ann', reason: 'the host is fixed' }] });
    // A stage that has ended before the run resumes is started again.
    await awaitPolled(harness, host.name, 'stopKubelet');
    await releaseAll(host);
    return { status, watched, ...(await awaitEnding(run, host)) };
  };

  const plays = {
    cancelled: async (host: RealNode) => {
      const run = await startUntilStopping(host);
      await run.cancel();
      await releaseAll(host);
      return await awaitEnding(run, host);
    },

    restarted: async (host: RealNode) => {
      const run = await startUntilStopping(host);
      for (const stage of STAGES) {
        await awaitStopping(host, stage);
        await host.read('journalctl --sync');
        await host.cutPower();
        await host.powerOn();
        await awaitStopping(host, stage);
        await release(host, stage);
      }
      return await awaitEnding(run, host);
    },
  };

  const expectDone = (
    { report, starts, node, kubeletState }: Ending,
    wanted: readonly StepName[] = ['stopKubelet', 'cleanHost'],
  ): void => {
    expect(report.outcome).toBe('Decommissioned');
    expect(starts).toEqual(wanted);
    expect(node).toBeUndefined();
    expect(kubeletState).toBe('masked\n');
  };

  it.each(troubles)('that $name is parked, and cleaned after `resume`', async ({ node, name, expectedText }) => {
    const ending = (await endings.get(node)!) as ParkedEnding;
    expect(ending.status.stdout).toContain(expectedText);
    expect(ending.status.stdout).toContain('resume');
    expect(ending.watched).toMatchObject({ exitCode: 4 });
    expectDone(ending);
    expect(ending.report.nodes[0]?.notes.join('\n')).toContain('was parked');
    recordCase({
      layout: `while its kubelet is being stopped, the host ${name}`,
      how: 'real host',
      outcome: 'parked',
      stays: 'the Node, until `resume` cleaned the host',
    });
  });

  it('is cleaned although the run is cancelled while its kubelet is being stopped', async () => {
    expectDone(await endings.get('cancelled')!);
  });

  itInLongRun('that loses its power in both stages is cleaned: each is started twice', async () => {
    expectDone(await endings.get('restarted')!, ['stopKubelet', 'stopKubelet', 'cleanHost', 'cleanHost']);
    recordCase({
      layout: 'a host that loses its power during both stages',
      how: 'real host',
      outcome: 'cleaned',
      stays: 'nothing of others is there',
    });
  });
});
