import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { disruptionBudget } from '../../stack/cluster-fixtures/disruption-budget.ts';
import { deployment as deploymentOf, job } from '../../stack/cluster-fixtures/workloads.ts';
import { POD_BEHAVIOR_ANNOTATIONS } from '../../stack/control-plane/pod-lifecycle.ts';
import { awaitCondition } from '../../stack/processes/await-condition.ts';
import { awaitStatus, awaitStatusText } from './harness/await-status.ts';
import { blockRequests, podEviction, SilentWebhook } from './harness/blocked-requests.ts';
import { toBudgetPath } from './harness/blocked-pool.ts';
import { awaitClosing } from './harness/closing.ts';
import { readDrainTimes } from './harness/drain-times.ts';
import { toAcceptedEvictions, toRepeatedUids } from './harness/evictions.ts';
import { startHarness, type Harness } from './harness/harness.ts';
import { createNodePool, createPoolNode, inPool, type NodePool } from './harness/node-pool.ts';
import { readPodsOnNode, toUids } from './harness/pods-on-node.ts';
import { awaitEvictions } from './harness/progress.ts';
import { createNodeObjects } from './operators/create-node-objects.ts';

const BY = { by: 'ann', reason: 'the shop is closed' };

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

  it('is not stopped by a namespace that is being deleted with its workload', async () => {
    const { stack } = harness;
    const { nodeName, namespace } = await createNodePool(stack, 'leaving', async (pool) => {
      const workload = deploymentOf({ namespace: pool, name: 'web', replicas: 3, pod: inPool(pool) });
      await stack.apply([workload]);
      await stack.awaitPodsReady(pool, 'app=web', 3);
    });
    const mark = stack.markAudit();
    // Its content stays for five seconds (k/k `pkg/controller/namespace`), but nothing can be created in it.
    await stack.api.delete(`/api/v1/namespaces/${namespace}`);

    const { report } = await awaitClosing(await harness.start({ nodeNames: [nodeName], hostCleanup: 'skip' }));

    expect(report.outcome).toBe('Decommissioned');
    const tried = stack
      .auditEvents(mark)
      .filter(({ verb, objectRef }) => verb === 'create' && objectRef?.resource === 'poddisruptionbudgets');
    expect(tried.map(({ responseStatus }) => responseStatus?.code)).toContain(403);
  });

  it('deletes the Node only when the replacements of its pods are Ready, and names them until then', async () => {
    const { stack } = harness;
    const name = 'replaced';
    await createPoolNode(stack, name, name);
    await stack.createNamespace(name);
    await stack.apply([deploymentOf({ namespace: name, name: 'web', replicas: 2, pod: inPool(name) })]);
    await stack.awaitPodsReady(name, 'app=web', 2);

    const drain = { maxUnavailable: '100%', preflight: 'warn', waitForReplacements: true };
    const run = await harness.start({ nodeNames: [name], hostCleanup: 'skip', ...drain });
    await awaitStatus(harness, run, 'the status names a replacement without a node', ({ nodes }) =>
      /Deployment replaced\/web: 0 of 2 Ready; pod web-\S+ is Pending: 0\/\d+ nodes/.test(
        nodes[0]?.work?.message ?? '',
      ),
    );
    expect((await stack.kubectl(['get', 'node', name, '-o', 'name'])).stdout).toBe(`node/${name}\n`);

    await createPoolNode(stack, name, `${name}-spare`);
    const { report } = await awaitClosing(run);
    expect(report.outcome).toBe('Decommissioned');
    expect(report.nodes[0]?.notes.join()).toMatch(/Deployment replaced\/web: 2 of 2 Ready, after \d+ s/);
  });

  it('waits for the work of Jobs, leaves pods that the request keeps, and obeys retryPod and skipReplacements', async () => {
    const { stack } = harness;
    const namespace = 'jobs';
    await createPoolNode(stack, namespace, namespace);
    await stack.createNamespace(namespace);
    const shape = { namespace, pod: inPool(namespace) };
    await stack.apply([
      job({ ...shape, name: 'report', replicas: 2 }),
      job({ ...shape, name: 'endless' }),
      deploymentOf({ ...shape, name: 'kept', replicas: 2 }),
      deploymentOf({ ...shape, name: 'web', replicas: 2 }),
    ]);
    await stack.awaitPodsReady(namespace, '', 7);
    const pods = await readPodsOnNode(stack, namespace);
    const mark = stack.markAudit();

    const run = await harness.start({
      ...{ nodeNames: [namespace], hostCleanup: 'skip', deleteNode: false, preflight: 'warn', maxUnavailable: '100%' },
      ...{ jobs: 'waitForCompletion', keepPods: 'app=kept', waitForReplacements: true },
    });
    await awaitStatusText(harness, run, '3 finishing the work of a Job');
    for (const { metadata } of pods) {
      const { name } = metadata;
      if (name.startsWith('endless-')) await run.executeUpdate('retryPod', { args: [{ ...BY, namespace, name }] });
      if (name.startsWith('report-')) await finishPod(namespace, name);
    }
    await awaitStatusText(harness, run, 'Deployment jobs/web: 0 of 2 Ready');
    await run.executeUpdate('skipReplacements', { args: [BY] });
    const { report } = await awaitClosing(run);

    expect(report.outcome).toBe('Decommissioned');
    expect(report.nodes[0]?.notes.join()).toMatch(
      /operator ended the wait: Deployment jobs\/web: 0 of 2 Ready; .*by ann/,
    );
    const isKept = (name: string): boolean => name.startsWith('kept-');
    expect(toUids(await readPodsOnNode(stack, namespace))).toEqual(toUids(pods, isKept));
    const evictions = toAcceptedEvictions(stack.auditEvents(mark)).map(({ uid }) => uid);
    expect(evictions.sort()).toEqual(toUids(pods, (name) => !isKept(name)));
    await awaitJobCounts(namespace, 'report', { succeeded: 2, failed: 0 });
    await awaitJobCounts(namespace, 'endless', { succeeded: 0, failed: 1 });
  });

  const finishPod = async (namespace: string, name: string): Promise<void> => {
    const annotations = { [POD_BEHAVIOR_ANNOTATIONS.finish]: 'Succeeded' };
    await harness.stack.api.patch(`/api/v1/namespaces/${namespace}/pods/${name}`, { metadata: { annotations } });
  };

  const awaitJobCounts = async (
    namespace: string,
    name: string,
    wanted: { readonly succeeded: number; readonly failed: number },
  ): Promise<void> => {
    await awaitCondition(`Job ${name} has counted ${JSON.stringify(wanted)}`, async () => {
      const { status } = await harness.stack.api.read(`/apis/batch/v1/namespaces/${namespace}/jobs/${name}`);
      const { succeeded = 0, failed = 0 } = status ?? {};
      return succeeded === wanted.succeeded && failed === wanted.failed;
    });
  };

  it('evicts the other pods of a budget while a webhook stays silent for the first two of them', async () => {
    const { stack } = harness;
    const pool = await createCoveredPool('starved', 6, 6);
    const names = (await readPodsOnNode(stack, pool.nodeName)).map(({ metadata }) => metadata.name).sort();
    const silentFor = names.slice(0, 2);
    const webhook = await SilentWebhook.start();
    const block = await blockRequests(stack, podEviction(pool.namespace, silentFor), webhook.url);

    const run = await harness.start({ nodeNames: [pool.nodeName], hostCleanup: 'skip' });
    await awaitCondition('an eviction hangs', () => webhook.callCount > 0);
    await awaitEvictions(harness, pool.nodeName, 'web', 4);
    const left = await readPodsOnNode(stack, pool.nodeName);
    const waiting = left.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    expect(waiting.map(({ metadata }) => metadata.name).sort()).toEqual(silentFor);

    webhook.stop();
    await block.release();
    expect((await awaitClosing(run)).report.outcome).toBe('Decommissioned');
  });

  it('reports again why a pod waits when a second budget covers it, and continues when that is gone', async () => {
    const { stack } = harness;
    const { nodeName, namespace } = await createCoveredPool('twice', 2, 0);
    const run = await harness.start({ nodeNames: [nodeName], preflight: 'skip', hostCleanup: 'skip' });
    await awaitStatusText(harness, run, 'twice/web allows 0 now');

    await stack.apply([disruptionBudget({ namespace, name: 'too', matchLabels: { app: 'web' }, maxUnavailable: 2 })]);
    await awaitStatusText(harness, run, 'twice/too');
    await stack.api.delete(toBudgetPath(namespace, 'web'));

    expect((await awaitClosing(run)).report.outcome).toBe('Decommissioned');
  });

  /** A Deployment `web` with all its pods on the node, and a budget of its owner, also named `web`. */
  const createCoveredPool = async (name: string, replicas: number, maxUnavailable: number): Promise<NodePool> =>
    await createNodePool(harness.stack, name, async (namespace) => {
      await harness.stack.apply([
        deploymentOf({ namespace, name: 'web', replicas, pod: inPool(name) }),
        disruptionBudget({ namespace, name: 'web', maxUnavailable }),
      ]);
      await harness.stack.awaitPodsReady(namespace, 'app=web', replicas);
    });

  it('names what other components keep for the deleted Node, not what the garbage collector has deleted', async () => {
    const { stack } = harness;
    const name = 'kept';
    const node = await createPoolNode(stack, name, name);
    await createNodeObjects(stack, node);

    const run = await harness.start({ nodeNames: [name], hostCleanup: 'skip' });
    const { report } = await awaitClosing(run);

    expect(report.outcome).toBe('Decommissioned');
    const { stdout } = await harness.runCli(['report', name]);
    expect(stdout).toContain('3 objects of other components remain, see the report');
    const lines = stdout.split('\n').map((line) => line.trim());
    const from = lines.indexOf('still in the cluster, kept by other components:');
    expect(lines.slice(from + 1, from + 4)).toEqual([
      expect.stringMatching(/^BlockAffinity kept-10-1-2-0-26: Calico's kube-controllers release it/),
      expect.stringMatching(/^CiliumNode kept: .* run `kubectl delete ciliumnodes\.cilium\.io kept`/),
      expect.stringMatching(/^IPAMBlock 10-1-2-0-26: Calico's kube-controllers release it/),
    ]);
    expect(stdout).not.toMatch(/CSINode|Lease|unknown:/);
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
