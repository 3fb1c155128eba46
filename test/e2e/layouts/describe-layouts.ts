import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { DecommissionPlan } from '../../../src/domain/plan/decommission-plan.ts';
import type { DecommissionReport } from '../../../src/domain/run/report.ts';
import type { RunStatus } from '../../../src/domain/run/status.ts';
import { RUNNING_CONTAINER } from '../../../stack/cluster-fixtures/real-container.ts';
import { daemonSet } from '../../../stack/cluster-fixtures/workloads.ts';
import type { RealNode } from '../../../stack/hosts/real-node.ts';
import { awaitCondition } from '../../../stack/processes/await-condition.ts';
import { recordCase } from '../../ssh/host/case-table.ts';
import { awaitClosing } from '../harness/closing.ts';
import { SHORT_WAITS, startHarness, toKnownHostsPath, type Harness, type Run } from '../harness/harness.ts';
import { startWorkerWithHosts } from '../harness/host-configuration.ts';
import { describeOnRealNodes } from '../harness/on-real-nodes.ts';
import { readPodsOnNode } from '../harness/pods-on-node.ts';
import type { LayoutHost, LayoutPart } from './layout-host.ts';

/** How a decommission ended, and what was on the host then. */
interface Ending {
  readonly outcome: LayoutHost['outcome'] | DecommissionReport['outcome'];
  /** Findings of the plan for `refused`, the status for `parked`. */
  readonly text: string;
  /** Plan and report as JSON. */
  readonly record: string;
  readonly parts: readonly { readonly before: string; readonly after: string; readonly left: string }[];
}

/** Each node runs one pod with a file in an emptyDir, which runs until the kubelet is stopped, as a network plugin does. */
const AGENT = daemonSet({
  namespace: 'default',
  name: 'agent',
  pod: {
    tolerations: [{ operator: 'Exists' }],
    emptyDir: 'scratch',
    container: {
      ...RUNNING_CONTAINER,
      command: ['sh', '-c', 'echo kept >/mnt/scratch/note; trap "exit 0" TERM; while :; do sleep 0.2; done'],
    },
  },
});

/** A machine has room for six hosts: half of them are left for other suites. */
const HOSTS_AT_ONCE = 3;

/** Decommissions every host, three at a time, and tests each of its parts. */
export const describeLayouts = (name: string, hosts: readonly LayoutHost[]): void => {
  describeOnRealNodes(name, () => {
    let harness: Harness;
    const endings = new Map<string, Promise<Ending>>();

    beforeAll(async () => {
      harness = await startHarness({ realNodes: true, waits: { ...SHORT_WAITS, hostPatienceSeconds: 5 } });
      // The pods of the drained nodes need another node.
      await harness.stack.createNodes([{ name: 'spare' }]);
      await harness.stack.apply([AGENT]);
      await startWorkerWithHosts(harness, {
        nodes: hosts.flatMap(({ node, settings }) => (settings === undefined ? [] : [{ match: node, ...settings }])),
      });
      for (let first = 0; first < hosts.length; first += HOSTS_AT_ONCE) {
        await playTogether(hosts.slice(first, first + HOSTS_AT_ONCE));
      }
    });

    afterAll(async () => {
      await harness.stop();
    });

    let knownHosts = '';
    const playTogether = async (group: readonly LayoutHost[]): Promise<void> => {
      const fixtures = group.map(({ node, fixture }) => ({ ...fixture, name: node }));
      const nodes = await harness.stack.createRealNodes(fixtures);
      knownHosts += nodes.map((node) => node.knownHosts).join('');
      writeFileSync(toKnownHostsPath(harness.stack), knownHosts);
      group.forEach((host, index) => endings.set(host.node, play(host, nodes[index]!)));
      await Promise.allSettled(endings.values());
      await Promise.all(nodes.map((node) => node.cutPower()));
    };

    const play = async (host: LayoutHost, node: RealNode): Promise<Ending> => {
      await awaitAgent(node);
      for (const { plant } of host.parts) if (plant !== undefined) await node.read(`set -e\n${plant}`);
      const readEach = (commands: readonly (string | undefined)[]): Promise<string[]> =>
        Promise.all(
          commands.map(async (command) => (command === undefined ? '' : await node.read(`${command}\ntrue`))),
        );
      const readOthers = (): Promise<string[]> => readEach(host.parts.map(({ others }) => others));
      const before = await readOthers();
      const run = await harness.start({ nodeNames: [host.node], hostCleanup: 'required', deleteEmptyDirData: true });
      const parkedText = await awaitParkedOrClosed(run);
      if (parkedText !== undefined && host.fix !== undefined) {
        await node.read(host.fix);
        await run.executeUpdate('resume', { args: [{ by: 'ann', reason: 'the host is fixed' }] });
        await awaitParkedOrClosed(run);
      } else if (parkedText !== undefined) {
        return { outcome: 'parked', text: parkedText, record: '', parts: before.map(toPart(await readOthers(), [])) };
      }
      const after = await readOthers();
      const left = await readEach(host.parts.map((part) => part.left));
      const { report } = await awaitClosing(run);
      const plan = await run.query<DecommissionPlan>('plan');
      const refusals = plan.findings.filter(({ severity }) => severity === 'refusal').map(({ message }) => message);
      return {
        outcome: toOutcome(report, parkedText),
        text: parkedText ?? refusals.join('\n'),
        record: JSON.stringify([plan, report]),
        parts: before.map(toPart(after, left)),
      };
    };

    const awaitAgent = async ({ name: nodeName }: RealNode): Promise<void> => {
      await awaitCondition(`the agent of ${nodeName} runs`, async () => {
        const pods = await readPodsOnNode(harness.stack, nodeName);
        return pods.some(
          ({ metadata, status }) => metadata.labels?.['app'] === 'agent' && status?.['phase'] === 'Running',
        );
      });
    };

    /** @returns the status as the CLI prints it when the run is parked, `undefined` when it has closed */
    const awaitParkedOrClosed = async (run: Run): Promise<string | undefined> => {
      const isParked = await awaitCondition(
        `${run.workflowId} is parked or closed`,
        async () => {
          const { status } = await run.describe();
          if (status.name !== 'RUNNING') return { parked: false };
          const { phase } = await run.query<RunStatus>('status');
          return phase === 'NeedsOperator' ? { parked: true } : undefined;
        },
        { timeoutMilliseconds: 600_000, intervalMilliseconds: 300 },
      );
      return isParked.parked ? (await harness.runCli(['status', run.workflowId])).stdout : undefined;
    };

    const cases = hosts.flatMap((host) =>
      host.parts.map((part, index) => ({ host, part, index, layout: part.layout })),
    );
    it.each(cases)('$layout', async ({ host, part, index }) => {
      const ending = await endings.get(host.node)!;
      // With the text, a failure reports the cause.
      const text = ending.outcome === host.outcome ? '' : ending.text;
      expect({ outcome: ending.outcome, text }).toEqual({ outcome: host.outcome, text: '' });
      if (host.expectedText !== undefined) expect(ending.text).toMatch(host.expectedText);
      expectPart(part, ending, index);
      recordCase({ layout: part.layout, how: 'real host', outcome: host.outcome, stays: part.stays });
    });
  });
};

const toPart =
  (after: readonly string[], left: readonly string[]) =>
  (before: string, index: number): Ending['parts'][number] => ({
    before,
    after: after[index] ?? '',
    left: left[index] ?? '',
  });

const toOutcome = ({ outcome }: DecommissionReport, parkedText: string | undefined): Ending['outcome'] => {
  if (outcome === 'Refused') return 'refused';
  if (outcome !== 'Decommissioned') return outcome;
  return parkedText === undefined ? 'cleaned' : 'parked';
};

const expectPart = ({ others, listed = [] }: LayoutPart, { parts, record }: Ending, index: number): void => {
  const { before, after, left } = parts[index]!;
  if (others !== undefined) expect(before).not.toBe('');
  expect(after).toBe(before);
  expect(left).toBe('');
  for (const text of listed) expect(record).toContain(JSON.stringify(text).slice(1, -1));
};
