import { createServer, type Server, type Socket } from 'node:net';
import { awaitCondition } from '../../../stack/processes/await-condition.ts';
import type { Stack } from '../../../stack/stack.ts';

/** Which requests are blocked: those of this kind for which the CEL expression over `request` and `object` is true. */
export interface RequestFilter {
  /** Name of the webhook configuration. */
  readonly name: string;
  readonly apiGroup: string;
  readonly resource: string;
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
  readonly condition: string;
  /** A dry run that fails as soon as the block is in force. */
  readonly probe: { readonly method: string; readonly path: string; readonly body?: unknown };
}

export interface RequestBlock {
  /** Allows the requests again. */
  release(): Promise<void>;
}

const WEBHOOKS = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
const USER = 'system:serviceaccount:node-decommission:node-decommission';

/** A webhook server that accepts connections and never responds, as behind a broken network. */
export class SilentWebhook {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  static async start(): Promise<SilentWebhook> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new SilentWebhook(server);
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('The silent webhook is not listening.');
    return `https://127.0.0.1:${address.port}/`;
  }

  /** Open calls: requests that hang. */
  get callCount(): number {
    return this.#sockets.size;
  }

  /** Closes the connections; hanging requests fail at once, later ones are refused. */
  stop(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

/** Refuses connections. */
const CLOSED_URL = 'https://127.0.0.1:1/';

/**
 * Makes our requests of one kind fail until `release`: with status 500 at once, since the webhook refuses connections, or after a hang of up
 * to 10 s when `url` is that of a `SilentWebhook`. Requests of the administrator are refused at once, and only as dry runs, for the probe.
 */
export const blockRequests = async (
  stack: Stack,
  filter: RequestFilter,
  url: string = CLOSED_URL,
): Promise<RequestBlock> => {
  const { name, probe } = filter;
  await stack.api.create(WEBHOOKS, {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name },
    webhooks: [
      toWebhook(filter, 'ours', url, `request.userInfo.username == "${USER}"`),
      toWebhook(filter, 'probe', CLOSED_URL, `request.userInfo.username != "${USER}" && request.dryRun == true`),
    ],
  });
  await awaitCondition(`${name} blocks requests`, async () => {
    const { status } = await stack.api.request(
      probe.method,
      `${probe.path}?dryRun=All`,
      probe.body,
      toContentType(probe),
    );
    return status >= 500;
  });
  return { release: () => stack.api.delete(`${WEBHOOKS}/${name}`) };
};

const toWebhook = (
  { name, apiGroup, resource, operation, condition }: RequestFilter,
  part: 'ours' | 'probe',
  url: string,
  whose: string,
): object => ({
  name: `${part}.${name}.test.node-decommission.io`,
  rules: [{ apiGroups: [apiGroup], apiVersions: ['v1'], resources: [resource], operations: [operation] }],
  clientConfig: { url },
  admissionReviewVersions: ['v1'],
  sideEffects: 'None',
  failurePolicy: 'Fail',
  timeoutSeconds: 10,
  matchConditions: [
    { name: 'blocked', expression: condition },
    { name: part, expression: whose },
  ],
});

const toContentType = ({ method }: RequestFilter['probe']): string =>
  method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';

/** Deletion of that Node; with `exceptTrials` not the dry runs of our preflight. */
export const nodeDeletion = (nodeName: string, { exceptTrials = false } = {}): RequestFilter => ({
  name: `delete-${nodeName}`,
  apiGroup: '',
  resource: 'nodes',
  operation: 'DELETE',
  condition: `request.name == "${nodeName}"${exceptTrials ? ` && !(request.dryRun == true && request.userInfo.username == "${USER}")` : ''}`,
  probe: { method: 'DELETE', path: `/api/v1/nodes/${nodeName}` },
});

/** Any change of that Node; with `cordonOnly` only changes that leave it unschedulable. */
export const nodeChange = (nodeName: string, { cordonOnly = false } = {}): RequestFilter => ({
  name: `change-${nodeName}`,
  apiGroup: '',
  resource: 'nodes',
  operation: 'UPDATE',
  condition: `request.name == "${nodeName}"${cordonOnly ? ' && has(object.spec.unschedulable) && object.spec.unschedulable' : ''}`,
  probe: { method: 'PATCH', path: `/api/v1/nodes/${nodeName}`, body: { spec: { unschedulable: true } } },
});

/** Any change of a pod in that namespace. */
export const podChange = (namespace: string, probedPodName: string): RequestFilter => ({
  name: `change-pods-${namespace}`,
  apiGroup: '',
  resource: 'pods',
  operation: 'UPDATE',
  condition: `request.namespace == "${namespace}"`,
  probe: {
    method: 'PATCH',
    path: `/api/v1/namespaces/${namespace}/pods/${probedPodName}`,
    body: { metadata: { labels: { probed: 'true' } } },
  },
});

/** Evictions of these pods of a namespace. */
export const podEviction = (namespace: string, podNames: readonly string[]): RequestFilter => ({
  name: `evict-${namespace}`,
  apiGroup: '',
  resource: 'pods/eviction',
  operation: 'CREATE',
  condition: `request.namespace == "${namespace}" && request.name in ${JSON.stringify(podNames)}`,
  probe: {
    method: 'POST',
    path: `/api/v1/namespaces/${namespace}/pods/${podNames[0]}/eviction`,
    body: {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { namespace, name: podNames[0] },
      deleteOptions: { dryRun: ['All'] },
    },
  },
});

/** Creation of a budget of that name. */
export const budgetCreation = (namespace: string, name: string): RequestFilter => ({
  name: `budget-${namespace}-${name}`,
  apiGroup: 'policy',
  resource: 'poddisruptionbudgets',
  operation: 'CREATE',
  condition: `request.namespace == "${namespace}" && request.name == "${name}"`,
  probe: {
    method: 'POST',
    path: `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`,
    body: {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name },
      spec: { maxUnavailable: 1, selector: { matchLabels: { app: name } } },
    },
  },
});
