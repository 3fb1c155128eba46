import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { awaitClosing } from './harness/closing.ts';
import { readDrainTimes } from './harness/drain-times.ts';
import { toAcceptedEvictions, toRepeatedUids } from './harness/evictions.ts';
import { startHarness, type Harness } from './harness/harness.ts';

describe('a decommission on simulated nodes', () => {
  let harness: Harness;

  beforeAll(async () => {
    harness = await startHarness();
    await harness.startWorker();
  });

  afterAll(async () => {
    await harness.stop();
  });

  it('evicts every pod once within a budget that it creates, deletes the Node and the budget', async () => {
    const { stack } = harness;
    await stack.createNodes([{ name: 'node-1' }, { name: 'node-2' }]);
    await stack.createNamespace('shop');
    await stack.apply([deployment('web', 8)]);
    await stack.awaitPodsReady('shop', 'app=web', 8);
    const onNode = await podsOn('node-1');
    const mark = stack.markAudit();

    const run = await harness.start({ nodeNames: ['node-1'], hostCleanup: 'skip' });
    const closing = await awaitClosing(run);

    expect(closing.report.outcome).toBe('Decommissioned');
    const evictions = toAcceptedEvictions(stack.auditEvents(mark));
    expect(evictions.map(({ uid }) => uid).sort()).toEqual(onNode.sort());
    expect(toRepeatedUids(evictions)).toEqual([]);
    expect((await stack.kubectl(['get', 'node', 'node-1'])).stderr).toContain('NotFound');
    expect((await stack.kubectl(['get', 'pdb', '-A', '-o', 'name'])).stdout).toBe('');
    const { estimate, actualSeconds } = await readDrainTimes(harness, run, closing);
    expect(estimate).toMatchObject({ unknown: [], turns: [{ workloads: ['shop/Deployment/web'], atOnce: 2 }] });
    expect(actualSeconds).toBeLessThanOrEqual(estimate.longestSeconds ?? 0);
  });

  const podsOn = async (nodeName: string): Promise<string[]> => {
    const { stdout } = await harness.stack.kubectl([
      ...['get', 'pods', '-A', '--field-selector', `spec.nodeName=${nodeName}`],
      ...['-o', 'jsonpath={.items[*].metadata.uid}'],
    ]);
    return stdout.split(' ').filter((uid) => uid !== '');
  };

  const deployment = (name: string, replicas: number): object => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'shop' },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'main', image: 'simulated' }] } },
    },
  });
});
