import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { toNodeWorkflowId } from '../../src/domain/names.ts';
import type { DecommissionReport } from '../../src/domain/report.ts';
import { awaitCondition } from '../../stack/await-condition.ts';
import type { RealNode } from '../../stack/hosts/real-node.ts';
import type { ManagedProcess } from '../../stack/managed-process.ts';
import { awaitClosing } from './harness/closing.ts';
import { startHarness, toKnownHostsPath, type Harness, type Run } from './harness/harness.ts';
import { startWorkerWithHosts } from './harness/host-configuration.ts';
import { describeOnRealNodes } from './harness/on-real-nodes.ts';
import { awaitStep } from './harness/progress.ts';

jest.setTimeout(300_000);

describeOnRealNodes('past the point of no return, a host', () => {
  let harness: Harness;
  let worker: ManagedProcess;
  let cut: RealNode;
  let killed: RealNode;
  let cancelled: RealNode;

  const startWorker = async (): Promise<ManagedProcess> =>
    await startWorkerWithHosts(harness, { defaults: { connectTimeoutSeconds: 2 } });

  beforeAll(async () => {
    harness = await startHarness({
      realNodes: true,
      waits: { settleSeconds: 0.5, emptyTwiceSeconds: 0.5, staysGoneSeconds: 5 },
    });
    const { stack } = harness;
    [cut, killed, cancelled] = (await stack.createRealNodes([
      { name: 'cut' },
      { name: 'killed' },
      { name: 'cancelled' },
    ])) as [RealNode, RealNode, RealNode];
    writeFileSync(toKnownHostsPath(stack), cut.knownHosts + killed.knownHosts + cancelled.knownHosts);
    worker = await startWorker();
  });

  afterAll(async () => {
    await harness.stop();
  });

  const start = async ({ name }: RealNode): Promise<Run> =>
    await harness.start({ nodeNames: [name], hostCleanup: 'required' });

  const awaitStage = async (host: RealNode, stage: string): Promise<void> => {
    await awaitCondition(
      `${stage} is begun on the host ${host.name}`,
      async () => (await host.exec(`ls /var/lib/node-decommission/*/${stage}*`)).exitCode === 0,
      { timeoutMilliseconds: 60_000, intervalMilliseconds: 100 },
    );
  };

  /** How often systemd has started each stage on the host. */
  const readStarts = async (host: RealNode): Promise<readonly string[]> => {
    const journal = await host.read("journalctl -o cat --no-pager | grep -o 'Started node-decommission-[^ ]*' || true");
    return journal.split('\n').flatMap((line) => /-(stopKubelet|cleanHost)\.service/.exec(line)?.[1] ?? []);
  };

  const expectDone = async (host: RealNode, report: DecommissionReport): Promise<void> => {
    expect(report.outcome).toBe('Decommissioned');
    expect(await readStarts(host)).toEqual(['stopKubelet', 'cleanHost']);
    expect(await harness.stack.api.find(`/api/v1/nodes/${host.name}`)).toBeUndefined();
    expect(await host.read('systemctl is-enabled kubelet || true')).toBe('masked\n');
  };

  it('that cannot be reached for a while is cleaned once it can', async () => {
    const run = await start(cut);
    await awaitStep(harness, run, 'cut', 'deleteNode');
    await cut.setReachable(false);
    const child = harness.client.workflow.getHandle(toNodeWorkflowId('default', 'cut'));
    await awaitCondition(
      'the cleaning is tried again',
      async () => {
        const { raw } = await child.describe();
        return raw.pendingActivities?.some(
          ({ activityType, attempt }) => activityType?.name === 'runHostStage' && (attempt ?? 0) > 1,
        );
      },
      { timeoutMilliseconds: 60_000, intervalMilliseconds: 200 },
    );
    await cut.setReachable(true);
    const { report } = await awaitClosing(run);
    await expectDone(cut, report);
  });

  it('is cleaned although the cancel comes while its kubelet is stopped', async () => {
    const run = await start(cancelled);
    await awaitStage(cancelled, 'stopKubelet');
    await run.cancel();
    const { report } = await awaitClosing(run);
    await expectDone(cancelled, report);
  });

  it('is cleaned once although the worker is killed meanwhile', async () => {
    const run = await start(killed);
    await awaitStage(killed, 'cleanHost');
    await worker.stop('SIGKILL');
    worker = await startWorker();
    const { report } = await awaitClosing(run);
    await expectDone(killed, report);
  });
});
