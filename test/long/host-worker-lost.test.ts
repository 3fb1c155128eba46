import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { ManagedProcess } from '../../stack/processes/managed-process.ts';
import { awaitClosing } from '../e2e/harness/closing.ts';
import { startHarness, type Harness } from '../e2e/harness/harness.ts';
import { startWorkerWithHosts } from '../e2e/harness/host-configuration.ts';
import { describeOnRealNodes } from '../e2e/harness/on-real-nodes.ts';
import { readStarts } from '../e2e/harness/slow-stop.ts';
import { ALL_INTERRUPTIONS, type InterruptedHost } from '../e2e/harness/interrupted-host.ts';
import { createInterruptedHosts, toRelayedNodes } from '../e2e/harness/interrupted-pool.ts';

describeOnRealNodes('a host whose worker is killed in every probe and in every stage', () => {
  let harness: Harness;
  let interrupted: InterruptedHost;
  let worker: ManagedProcess;

  const startWorker = async (): Promise<void> => {
    worker = await startWorkerWithHosts(harness, { nodes: toRelayedNodes([interrupted]) });
  };

  beforeAll(async () => {
    harness = await startHarness({ realNodes: true });
    const killWorker = async (): Promise<void> => {
      await worker.stop('SIGKILL');
      await startWorker();
    };
    [interrupted] = (await createInterruptedHosts(harness, { orphan: killWorker })) as [InterruptedHost];
    await startWorker();
  });

  afterAll(async () => {
    await interrupted.stop();
    await harness.stop();
  });

  it('is cleaned anyway, each stage started once', async () => {
    const { report } = await awaitClosing(await harness.start({ nodeNames: ['orphan'] }));
    expect(report).toMatchObject({ outcome: 'Decommissioned' });
    expect(interrupted.interruptedAt).toEqual(ALL_INTERRUPTIONS);
    expect(await readStarts(interrupted.host)).toEqual(['stopKubelet', 'cleanHost']);
    expect(await harness.stack.api.find('/api/v1/nodes/orphan')).toBeUndefined();
    expect(await interrupted.host.read('systemctl is-enabled kubelet || true')).toBe('masked\n');
  });
});
