import { createServer, type Server, type Socket } from 'node:net';
import { awaitCondition } from '../../../stack/processes/await-condition.ts';
import type { Stack } from '../../../stack/stack.ts';

/** Which requests are held: those of this kind for which the CEL expression over `request` and `object` holds. */
export interface HeldRequests {
  /** Name of the webhook configuration. */
  readonly name: string;
  readonly apiGroup: string;
  readonly resource: string;
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
  readonly condition: string;
  /** A dry run that must be held, by which the hold is seen to be in force. */
  readonly probe: { readonly method: string; readonly path: string; readonly body?: unknown };
}

export interface AdmissionHold {
  /** Lets the requests through again. */
  release(): Promise<void>;
}

const WEBHOOKS = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
const USER = 'system:serviceaccount:node-decommission:node-decommission';

/** A webhook server that takes connections and never says a word, as one behind a broken network. */
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
    if (address === null || typeof address === 'string') throw new Error('the silent webhook does not listen');
    return `https://127.0.0.1:${address.port}/`;
  }

  /** Calls under way now: requests that hang. */
  get callCount(): number {
    return this.#sockets.size;
  }

  /** Breaks the connections; requests that hang fail at once, later ones are refused. */
  stop(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

/**
 * Keeps our requests of one kind from succeeding, for as long as wanted: each is answered with 500 at once, since its webhook refuses
 * connections, or hangs for up to 10 s when `url` is a `SilentWebhook`'s. The administrator's requests are held only as dry runs, for the probe.
 */
export const holdRequests = async (
  stack: Stack,
  held: HeldRequests,
  url = 'https://127.0.0.1:1/',
): Promise<AdmissionHold> => {
  const { name, apiGroup, resource, operation, condition, probe } = held;
  await stack.api.create(WEBHOOKS, {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name },
    webhooks: [
      {
        name: `${name}.test.node-decommission.io`,
        rules: [{ apiGroups: [apiGroup], apiVersions: ['v1'], resources: [resource], operations: [operation] }],
        clientConfig: { url },
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        failurePolicy: 'Fail',
        timeoutSeconds: 10,
        matchConditions: [
          { name: 'held', expression: condition },
          { name: 'ours', expression: `request.userInfo.username == "${USER}" || request.dryRun == true` },
        ],
      },
    ],
  });
  await awaitCondition(`${name} holds requests`, async () => {
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

const toContentType = ({ method }: HeldRequests['probe']): string =>
  method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';

/** Deletion of that Node. */
export const nodeDeletion = (nodeName: string): HeldRequests => ({
  name: `delete-${nodeName}`,
  apiGroup: '',
  resource: 'nodes',
  operation: 'DELETE',
  condition: `request.name == "${nodeName}"`,
  probe: { method: 'DELETE', path: `/api/v1/nodes/${nodeName}` },
});

/** Any change of that Node; with `cordonOnly` those that leave it unschedulable. */
export const nodeChange = (nodeName: string, { cordonOnly = false } = {}): HeldRequests => ({
  name: `change-${nodeName}`,
  apiGroup: '',
  resource: 'nodes',
  operation: 'UPDATE',
  condition: `request.name == "${nodeName}"${cordonOnly ? ' && has(object.spec.unschedulable) && object.spec.unschedulable' : ''}`,
  probe: { method: 'PATCH', path: `/api/v1/nodes/${nodeName}`, body: { spec: { unschedulable: true } } },
});

/** Creation of a budget of that name. */
export const budgetCreation = (namespace: string, name: string): HeldRequests => ({
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
