import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { WEB_CONTAINER, WEB_PORT } from '../../stack/cluster-fixtures/web-container.ts';
import { deployment } from '../../stack/cluster-fixtures/workloads.ts';
import type { RealNode } from '../../stack/hosts/real-node.ts';
import { awaitCondition } from '../../stack/processes/await-condition.ts';
import { bindRole } from '../e2e/harness/bind-role.ts';
import { awaitClosing } from '../e2e/harness/closing.ts';
import { startHarness, toKnownHostsPath, type Harness } from '../e2e/harness/harness.ts';
import { describeOnRealNodes } from '../e2e/harness/on-real-nodes.ts';
import { startServiceClient, type ServiceRequest } from '../e2e/harness/service-client.ts';

const namespace = 'shop';
const NODES = ['surge-a', 'surge-b', 'surge-c'];

describeOnRealNodes('the only replica of a Deployment on real nodes', () => {
  let harness: Harness;

  beforeAll(async () => {
    harness = await startHarness({ realNodes: true });
    const { stack } = harness;
    const nodes: readonly RealNode[] = await stack.createRealNodes(NODES.map((name) => ({ name })));
    writeFileSync(toKnownHostsPath(stack), nodes.map(({ knownHosts }) => knownHosts).join(''));
    await bindRole(stack, 'node-decommission-surge');
    await stack.createNamespace(namespace);
    const pod = { container: WEB_CONTAINER, hostNetwork: true, terminationGracePeriodSeconds: 6 };
    await stack.apply([
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { namespace, name: 'web' },
        spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: WEB_PORT }] },
      },
      deployment({ namespace, name: 'web', replicas: 1, pod }),
    ]);
    await stack.awaitPodsReady(namespace, 'app=web', 1);
    await harness.startWorker();
  });

  afterAll(async () => {
    await harness.stop();
  });

  const readNodeOfPod = async (): Promise<string> => {
    const pods = await harness.stack.api.list(`/api/v1/namespaces/${namespace}/pods`);
    const living = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    expect(living).toHaveLength(1);
    return living[0]?.spec?.['nodeName'] as string;
  };

  /** While a client asks ten times a second, from before the run until a second after it. */
  const observe = async (act: () => Promise<void>): Promise<readonly ServiceRequest[]> => {
    const client = await startServiceClient(harness.stack, { namespace, port: WEB_PORT });
    const awaitMore = async (): Promise<void> => {
      const count = client.requests.length + 10;
      await awaitCondition('the client has asked ten times more', () => client.requests.length >= count);
    };
    try {
      await awaitMore();
      await act();
      await awaitMore();
    } finally {
      await client.stop();
    }
    return client.requests;
  };

  const failuresOf = (requests: readonly ServiceRequest[]): readonly ServiceRequest[] =>
    requests.filter(({ failure }) => failure !== undefined);

  it('answers every request while the run that moves it is cancelled, and stays where it is', async () => {
    const nodeName = await readNodeOfPod();
    const requests = await observe(async () => {
      const run = await harness.start({ nodeNames: [nodeName], hostCleanup: 'skip', singleReplica: 'surge' });
      await awaitCondition('the Deployment has two replicas', async () => {
        const web = await harness.stack.api.read(`/apis/apps/v1/namespaces/${namespace}/deployments/web`);
        return web.spec?.['replicas'] === 2;
      });
      await run.cancel();
      expect((await awaitClosing(run)).status).toBe('Canceled');
    });

    expect(failuresOf(requests)).toEqual([]);
    expect(await readNodeOfPod()).toBe(nodeName);
    expect(requests.at(-1)?.answer).toBe(nodeName);
  });

  it('answers every request while it is moved to another node', async () => {
    const nodeName = await readNodeOfPod();
    const requests = await observe(async () => {
      const run = await harness.start({ nodeNames: [nodeName], hostCleanup: 'skip', singleReplica: 'surge' });
      expect((await awaitClosing(run)).report).toMatchObject({ outcome: 'Decommissioned' });
    });

    const newNodeName = await readNodeOfPod();
    process.stderr.write(`${requests.length} requests while the pod moved from ${nodeName} to ${newNodeName}\n`);
    expect(failuresOf(requests)).toEqual([]);
    expect(newNodeName).not.toBe(nodeName);
    expect([...new Set(requests.map(({ answer }) => answer))]).toEqual([nodeName, newNodeName]);
    expect(requests.at(-1)?.answer).toBe(newNodeName);
  });
});
