import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { disruptionBudget } from '../../stack/cluster-fixtures/disruption-budget.ts';
import { WEB_CONTAINER, WEB_PORT } from '../../stack/cluster-fixtures/web-container.ts';
import { deployment } from '../../stack/cluster-fixtures/workloads.ts';
import type { RealNode } from '../../stack/hosts/real-node.ts';
import { awaitCondition } from '../../stack/processes/await-condition.ts';
import { bindRole } from '../e2e/harness/bind-role.ts';
import { awaitClosing } from '../e2e/harness/closing.ts';
import { startHarness, toKnownHostsPath, type Harness } from '../e2e/harness/harness.ts';
import { describeOnRealNodes } from '../e2e/harness/on-real-nodes.ts';
import { startEndpointClient, type ServiceClient, type ServiceRequest } from './service/endpoint-client.ts';
import { ensureProxy, startProxiedClient, startProxy } from './service/proxied-client.ts';

const namespace = 'shop';
const NODES = ['surge-a', 'surge-b', 'surge-c'];

describeOnRealNodes('the only replica of a Deployment on real nodes', () => {
  let harness: Harness;
  let nodes: readonly RealNode[];
  let clusterAddress: string;
  /** Runs kube-proxy and the client that asks by ClusterIP; never the one that is removed. */
  let clientNode: RealNode;

  beforeAll(async () => {
    await ensureProxy();
    harness = await startHarness({ realNodes: true });
    const { stack } = harness;
    nodes = await stack.createRealNodes(NODES.map((name) => ({ name })));
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
    const service = await stack.api.read(`/api/v1/namespaces/${namespace}/services/web`);
    clusterAddress = service.spec?.['clusterIP'] as string;
    clientNode = await chooseClientNode();
    await startProxy(stack, clientNode, clusterAddress);
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

  /** The first that does not run the pod: the run does not touch it. */
  const chooseClientNode = async (): Promise<RealNode> => {
    const nodeName = await readNodeOfPod();
    const found = nodes.find(({ name }) => name !== nodeName);
    if (found === undefined) throw new Error('Every node runs the pod.');
    return found;
  };

  interface Requests {
    /** By the EndpointSlices of the Service, as an ingress controller does. */
    readonly byEndpoint: readonly ServiceRequest[];
    /** By its ClusterIP, from another node, through kube-proxy. */
    readonly byService: readonly ServiceRequest[];
  }

  /** While two clients ask ten times a second each, from before the run until a second after it. */
  const observe = async (act: () => Promise<void>): Promise<Requests> => {
    const byEndpoint = await startEndpointClient(harness.stack, { namespace, port: WEB_PORT });
    const byService = startProxiedClient(harness.stack, clientNode, clusterAddress);
    const clients: readonly ServiceClient[] = [byEndpoint, byService];
    const awaitMore = async (): Promise<void> => {
      const counts = clients.map(({ requests }) => requests.length + 10);
      await awaitCondition('both clients have asked ten times more', () =>
        clients.every(({ requests }, index) => requests.length >= (counts[index] ?? 0)),
      );
    };
    try {
      await awaitMore();
      await act();
      await awaitMore();
    } finally {
      await Promise.all(clients.map((client) => client.stop()));
    }
    return { byEndpoint: byEndpoint.requests, byService: byService.requests };
  };

  const failuresOf = ({ byEndpoint, byService }: Requests): readonly ServiceRequest[] =>
    [...byEndpoint, ...byService].filter(({ failure }) => failure !== undefined);

  it('answers every request while the run that moves it is cancelled, and stays where it is', async () => {
    const nodeName = await readNodeOfPod();
    const path = `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`;
    await harness.stack.apply([disruptionBudget({ namespace, name: 'web', maxUnavailable: 0 })]);
    const requests = await observe(async () => {
      const request = { nodeNames: [nodeName], hostCleanup: 'skip', singleReplica: 'surge', preflight: 'skip' };
      const run = await harness.start(request);
      await awaitCondition('the Deployment has two replicas', async () => {
        const web = await harness.stack.api.read(`/apis/apps/v1/namespaces/${namespace}/deployments/web`);
        return web.spec?.['replicas'] === 2;
      });
      await run.cancel();
      expect((await awaitClosing(run)).status).toBe('Canceled');
    });
    await harness.stack.api.delete(`${path}/web`);

    expect(failuresOf(requests)).toEqual([]);
    expect(await readNodeOfPod()).toBe(nodeName);
    expect(requests.byService.at(-1)?.answer).toBe(nodeName);
  });

  it('answers every request while it is moved to another node', async () => {
    const nodeName = await readNodeOfPod();
    const requests = await observe(async () => {
      const run = await harness.start({ nodeNames: [nodeName], hostCleanup: 'skip', singleReplica: 'surge' });
      expect((await awaitClosing(run)).report).toMatchObject({ outcome: 'Decommissioned' });
    });

    const newNodeName = await readNodeOfPod();
    const { byEndpoint, byService } = requests;
    process.stderr.write(
      `${byEndpoint.length} requests by endpoint and ${byService.length} by ClusterIP while the pod moved from ${nodeName} to ${newNodeName}\n`,
    );
    expect(failuresOf(requests)).toEqual([]);
    expect(newNodeName).not.toBe(nodeName);
    for (const each of [byEndpoint, byService]) {
      expect([...new Set(each.map(({ answer }) => answer))]).toEqual([nodeName, newNodeName]);
      expect(each.at(-1)?.answer).toBe(newNodeName);
    }
  });
});
