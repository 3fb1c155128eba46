import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { daemonSet } from '../../stack/cluster-fixtures/workloads.ts';
import { RUNNING_CONTAINER } from '../../stack/cluster-fixtures/real-container.ts';
import { secondContainerd } from '../../stack/hosts/layouts/second-containerd.ts';
import type { RealNode } from '../../stack/hosts/real-node.ts';
import { writeComparison } from '../../stack/tests/recorded-cases.ts';
import { awaitClosing } from '../e2e/harness/closing.ts';
import { startHarness, toKnownHostsPath, type Harness } from '../e2e/harness/harness.ts';
import { describeOnRealNodes } from '../e2e/harness/on-real-nodes.ts';
import { LEFTOVERS, OTHERS, PLANT, PROCEDURES } from './comparison/comparison-reads.ts';

/** What one procedure left and destroyed, by the name of each row. */
interface Result {
  readonly left: ReadonlySet<string>;
  readonly destroyed: ReadonlySet<string>;
}

type Way = keyof typeof PROCEDURES | 'node-decommission';

const WAYS: readonly Way[] = ['node-decommission', 'kubeadm reset', 'shell procedure'];
const toNodeName = (way: Way): string => way.replaceAll(' ', '-');

describeOnRealNodes('the same node, cleaned in three ways', () => {
  let harness: Harness;
  const results = new Map<Way, Result>();

  beforeAll(async () => {
    harness = await startHarness({ realNodes: true });
    const { stack } = harness;
    await stack.createNodes([{ name: 'spare' }]);
    const nodes = await stack.createRealNodes(
      WAYS.map((way) => ({ name: toNodeName(way), docker: true, layouts: [secondContainerd('foreign')] })),
    );
    writeFileSync(toKnownHostsPath(stack), nodes.map(({ knownHosts }) => knownHosts).join(''));
    await stack.apply([
      daemonSet({ namespace: 'default', name: 'agent', pod: { emptyDir: 'scratch', container: RUNNING_CONTAINER } }),
    ]);
    await stack.awaitPodsReady('default', 'app=agent', WAYS.length + 1);
    await harness.startWorker();
    await Promise.all(WAYS.map(async (way, index) => results.set(way, await cleanBy(way, nodes[index]!))));
    writeComparison({ ways: WAYS, leftovers: toTable(LEFTOVERS, 'left'), others: toTable(OTHERS, 'destroyed') });
  });

  afterAll(async () => {
    await harness.stop();
  });

  const cleanBy = async (way: Way, node: RealNode): Promise<Result> => {
    await node.read(`set -e\n${PLANT(harness.stack.serverUrl)}`);
    const before = await readAll(node, OTHERS);
    const present = await readAll(node, LEFTOVERS);
    expect([...present].filter(([, text]) => text === '').map(([name]) => name)).toEqual([]);
    await runProcedure(way, node);
    const after = await readAll(node, OTHERS);
    const left = await readAll(node, LEFTOVERS);
    return {
      left: new Set([...left].filter(([, text]) => text !== '').map(([name]) => name)),
      destroyed: new Set([...before].filter(([name, text]) => after.get(name) !== text).map(([name]) => name)),
    };
  };

  const runProcedure = async (way: Way, node: RealNode): Promise<void> => {
    if (way !== 'node-decommission') {
      // As an administrator runs it: over SSH. Its exit code is not judged.
      await node.ssh(`sudo sh -c '${PROCEDURES[way]}'`);
      return;
    }
    const run = await harness.start({ nodeNames: [node.name], hostCleanup: 'required', deleteEmptyDirData: true });
    expect((await awaitClosing(run)).report).toMatchObject({ outcome: 'Decommissioned' });
  };

  const toTable = (rows: Readonly<Record<string, string>>, kind: keyof Result): Record<string, readonly boolean[]> =>
    Object.fromEntries(
      Object.keys(rows).map((name) => [name, WAYS.map((way) => results.get(way)?.[kind].has(name) === true)]),
    );

  it('loses nothing of others with node-decommission', () => {
    expect([...results.get('node-decommission')!.destroyed]).toEqual([]);
  });

  it('loses something of others with the shell procedure', () => {
    expect(results.get('shell procedure')!.destroyed.size).toBeGreaterThan(0);
  });

  it.each(WAYS.slice(1))('leaves more of the cluster with %s than with node-decommission', (way) => {
    expect(results.get(way)!.left.size).toBeGreaterThan(results.get('node-decommission')!.left.size);
  });
});

const readAll = async (node: RealNode, rows: Readonly<Record<string, string>>): Promise<Map<string, string>> => {
  const found = new Map<string, string>();
  for (const [name, command] of Object.entries(rows))
    found.set(name, await node.read(`{ ${command}; } 2>/dev/null\ntrue`));
  return found;
};
