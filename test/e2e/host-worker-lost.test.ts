import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { ManagedProcess } from '../../stack/processes/managed-process.ts';
import { awaitClosing } from './harness/closing.ts';
import { startHarness, type Harness } from './harness/harness.ts';
import { startWorkerWithHosts } from './harness/host-configuration.ts';
import { describeOnRealNodes } from './harness/on-real-nodes.ts';
import { readStarts } from './harness/slow-stop.ts';
import { ALL_STRIKES, type StruckHost } from './harness/struck-host.ts';
import { createStruckHosts, toRelayedNodes } from './harness/struck-pool.ts';

describeOnRealNodes('a host whose worker is killed in every look and in every stage', () => {
  let harness: Harness;
  let struck: StruckHost;
  let worker: ManagedProcess;

  const startWorker = async (): Promise<void> => {
    worker = await startWorkerWithHosts(harness, { nodes: toRelayedNodes([struck]) });
  };

  beforeAll(async () => {
    harness = await startHarness({ realNodes: true });
    const killWorker = async (): Promise<void> => {
      await worker.stop('SIGKILL');
      await startWorker();
    };
    [struck] = (await createStruckHosts(harness, { orphan: killWorker })) as [StruckHost];
    await startWorker();
  });

  afterAll(async () => {
    await struck.stop();
    await harness.stop();
  });

  it('is cleaned all the same, each stage begun once', async () => {
    const { report } = await awaitClosing(await harness.start({ nodeNames: ['orphan'] }));
    expect(report).toMatchObject({ outcome: 'Decommissioned' });
    expect(struck.struckAt).toEqual(ALL_STRIKES);
    expect(await readStarts(struck.host)).toEqual(['stopKubelet', 'cleanHost']);
    expect(await harness.stack.api.find('/api/v1/nodes/orphan')).toBeUndefined();
    expect(await struck.host.read('systemctl is-enabled kubelet || true')).toBe('masked\n');
  });
});
