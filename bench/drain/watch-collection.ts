import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import type { KubernetesObject } from '../../stack/cluster-fixtures/kubernetes-object.ts';
import type { Stack } from '../../stack/stack.ts';

export interface CollectionEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubernetesObject;
  /** When it arrived, in milliseconds since the epoch. */
  readonly at: number;
}

/** A watch of the benchmark itself, beside those of the tools. */
export interface CollectionWatch {
  /** The objects at the start. */
  readonly initial: readonly KubernetesObject[];
  /** @throws Error when the watch has ended early: what it reported is incomplete. */
  checkOpen(): void;
  stop(): void;
}

const TIMEOUT_SECONDS = 6 * 3600;
const USER_AGENT = 'bench-observer';

interface Kubeconfig {
  readonly users: readonly [{ readonly user: Readonly<Record<'client-certificate-data' | 'client-key-data', string>> }];
}

/**
 * Watches the collection at this API path as the administrator, on a connection of its own.
 * @throws ApiRequestError when the collection cannot be listed.
 */
export const watchCollection = async (
  stack: Stack,
  path: string,
  onEvent: (event: CollectionEvent) => void,
): Promise<CollectionWatch> => {
  const { status, body } = await stack.api.request('GET', path);
  if (status !== 200) throw new Error(`GET ${path} returned status ${status}.`);
  const list = body as { readonly metadata: { resourceVersion: string }; readonly items: readonly KubernetesObject[] };
  const kubeconfig = JSON.parse(readFileSync(stack.adminKubeconfigPath, 'utf8')) as Kubeconfig;
  const { user } = kubeconfig.users[0];
  let failure: string | undefined;
  let isStopped = false;
  const query = `watch=true&timeoutSeconds=${TIMEOUT_SECONDS}&resourceVersion=${list.metadata.resourceVersion}`;
  const outgoing = request(`${stack.serverUrl}${path}?${query}`, {
    ca: readFileSync(stack.certificateAuthorityPath),
    cert: Buffer.from(user['client-certificate-data'], 'base64'),
    key: Buffer.from(user['client-key-data'], 'base64'),
    agent: false,
    headers: { 'User-Agent': USER_AGENT, Accept: 'application/json' },
  });
  const onFailure = (error: Error): void => {
    if (!isStopped) failure ??= error.message;
  };
  const onLine = (line: string): void => {
    const event = JSON.parse(line) as Omit<CollectionEvent, 'at'> | { readonly type: 'ERROR' };
    if (event.type === 'ERROR') failure ??= line;
    else onEvent({ ...event, at: Date.now() });
  };
  outgoing.on('error', onFailure);
  outgoing.on('response', (incoming) => {
    if (incoming.statusCode !== 200) onFailure(new Error(`status ${incoming.statusCode ?? 0}`));
    let rest = '';
    incoming.setEncoding('utf8').on('data', (text: string) => {
      const lines = `${rest}${text}`.split('\n');
      rest = lines.pop() ?? '';
      lines.forEach(onLine);
    });
    incoming.on('error', onFailure);
    incoming.on('close', () => {
      onFailure(new Error('the connection was closed'));
    });
  });
  outgoing.end();
  return {
    initial: list.items,
    checkOpen: () => {
      if (failure !== undefined) throw new Error(`The benchmark's watch of ${path} failed: ${failure}`);
    },
    stop: () => {
      isStopped = true;
      outgoing.destroy();
    },
  };
};
