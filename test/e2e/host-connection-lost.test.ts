import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { boundRows } from '../long-run.ts';
import type { Closing } from './harness/closing.ts';
import { awaitClosing } from './harness/closing.ts';
import { startHarness, type Harness } from './harness/harness.ts';
import { startWorkerWithHosts } from './harness/host-configuration.ts';
import { describeOnRealNodes } from './harness/on-real-nodes.ts';
import { readStarts } from './harness/slow-stop.ts';
import { ALL_INTERRUPTIONS, type Interruption, type InterruptedHost } from './harness/interrupted-host.ts';
import { createInterruptedHosts, toRelayedNodes } from './harness/interrupted-pool.ts';

/** By the name of the node. */
const INTERRUPTIONS: Readonly<Record<string, Interruption>> = Object.fromEntries(
  boundRows<[string, Interruption]>(
    [
      [
        'loses-its-sshd',
        async (host) => {
          await host.read("systemctl restart ssh && pkill -KILL -f '^sshd: ops'");
        },
      ],
      [
        'goes-silent',
        (_host, connection) => {
          connection.goSilent();
        },
      ],
      [
        'is-reset',
        (_host, connection) => {
          connection.reset();
        },
      ],
    ],
    2,
  ),
);

describeOnRealNodes('a host whose connection is lost in every probe and in every stage', () => {
  let harness: Harness;
  let interrupted: readonly InterruptedHost[];
  let closings: ReadonlyMap<string, Promise<Closing>>;

  beforeAll(async () => {
    harness = await startHarness({ realNodes: true });
    interrupted = await createInterruptedHosts(harness, INTERRUPTIONS);
    await startWorkerWithHosts(harness, { nodes: toRelayedNodes(interrupted) });
    const entries = interrupted.map(async ({ host: { name } }) => {
      const run = await harness.start({ nodeNames: [name] });
      return [name, awaitClosing(run)] as const;
    });
    closings = new Map(await Promise.all(entries));
  });

  afterAll(async () => {
    await Promise.all(interrupted.map((host) => host.stop()));
    await harness.stop();
  });

  it.each(Object.keys(INTERRUPTIONS))(
    'is cleaned anyway, each stage started once, when its connection %s',
    async (name) => {
      const { host, interruptedAt } = interrupted.find((each) => each.host.name === name)!;
      const { report } = await closings.get(name)!;
      expect(report).toMatchObject({ outcome: 'Decommissioned' });
      expect(report.nodes[0]?.steps.map((step) => `${step.name} ${step.status}`)).toEqual(
        report.nodes[0]?.steps.map((step) => `${step.name} ${step.name === 'endMachine' ? 'Skipped' : 'Succeeded'}`),
      );
      expect(interruptedAt).toEqual(ALL_INTERRUPTIONS);
      expect(await readStarts(host)).toEqual(['stopKubelet', 'cleanHost']);
      expect(await harness.stack.api.find(`/api/v1/nodes/${name}`)).toBeUndefined();
      expect(await host.read('systemctl is-enabled kubelet || true')).toBe('masked\n');
      expect(await host.read('pgrep -c containerd-shim || true')).toBe('0\n');
    },
  );
});
