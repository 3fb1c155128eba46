import type { IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';

import type { CertificateAndKey } from './certificate-authority.ts';
import type { KubernetesObject } from '../cluster-fixtures/kubernetes-object.ts';

export interface ApiResponse {
  readonly status: number;
  readonly body: unknown;
}

/** The API server returned a status of 400 or more. */
export class ApiRequestError extends Error {
  readonly status: number;
  constructor(method: string, path: string, response: ApiResponse) {
    const { body } = response;
    const reason =
      typeof body === 'object' && body !== null && 'message' in body ? String(body.message) : JSON.stringify(body);
    super(`${method} ${path} returned status ${response.status}: ${reason}`);
    this.status = response.status;
  }
}

/**
 * Direct access to the API server as administrator, for test set-up and for proofs.
 * Its requests appear in the audit log with the user agent `node-decommission-stack`.
 * Paths are API paths, for instance `/api/v1/nodes/n1`.
 */
export interface KubernetesApi {
  /** Any request; responses of every status are returned. Rejects only when the server cannot be reached. */
  request(method: string, path: string, body?: unknown, contentType?: string): Promise<ApiResponse>;
  /**
   * @throws ApiRequestError
   */
  read(path: string): Promise<KubernetesObject>;
  /**
   * `undefined` when the object does not exist.
   * @throws ApiRequestError for any other status of 400 or more.
   */
  find(path: string): Promise<KubernetesObject | undefined>;
  /**
   * Items of a collection, all pages at once.
   * @throws ApiRequestError
   */
  list(path: string): Promise<KubernetesObject[]>;
  /**
   * @param path of the collection.
   * @throws ApiRequestError
   */
  create(path: string, object: unknown): Promise<KubernetesObject>;
  /**
   * JSON merge patch; end the path in `/status` for the status.
   * @throws ApiRequestError
   */
  patch(path: string, patch: unknown): Promise<KubernetesObject>;
  /**
   * @param options DeleteOptions of the API.
   * @throws ApiRequestError
   */
  delete(path: string, options?: Readonly<Record<string, unknown>>): Promise<void>;
  close(): void;
}

const REQUEST_TIMEOUT_MILLISECONDS = 60_000;
/** The server closes connections that are idle for 90 s; a request sent at that moment would be lost. */
const IDLE_TIMEOUT_MILLISECONDS = 30_000;

/** @param serverUrl e.g. `https://127.0.0.1:26443` */
export const createKubernetesApi = (
  serverUrl: string,
  certificateAuthority: string,
  credentials: CertificateAndKey,
): KubernetesApi => {
  const { hostname, port } = new URL(serverUrl);
  const agent = new Agent({
    keepAlive: true,
    timeout: IDLE_TIMEOUT_MILLISECONDS,
    ca: certificateAuthority,
    cert: credentials.certificate,
    key: credentials.key,
  });

  const request: KubernetesApi['request'] = (method, path, body, contentType = 'application/json') =>
    new Promise((resolve, reject) => {
      const text = body === undefined ? '' : JSON.stringify(body);
      const headers = {
        'User-Agent': 'node-decommission-stack',
        Accept: 'application/json',
        // Node sends the body of a DELETE only with an explicit length.
        ...(text === '' ? {} : { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(text) }),
      };
      const outgoing = httpsRequest(
        {
          agent,
          host: hostname,
          port,
          method,
          path,
          headers,
          timeout: REQUEST_TIMEOUT_MILLISECONDS,
        },
        (incoming) => {
          readResponse(incoming).then(resolve, reject);
        },
      );
      outgoing.on('timeout', () => outgoing.destroy(new Error(`${method} ${path} timed out`)));
      outgoing.on('error', reject);
      outgoing.end(text);
    });

  const requestSuccessfully = async (...args: Parameters<KubernetesApi['request']>): Promise<unknown> => {
    const response = await request(...args);
    if (response.status >= 400) throw new ApiRequestError(args[0], args[1], response);
    return response.body;
  };

  return {
    request,
    read: async (path) => (await requestSuccessfully('GET', path)) as KubernetesObject,
    find: async (path) => {
      const response = await request('GET', path);
      if (response.status === 404) return undefined;
      if (response.status >= 400) throw new ApiRequestError('GET', path, response);
      return response.body as KubernetesObject;
    },
    list: async (path) => ((await requestSuccessfully('GET', path)) as { items: KubernetesObject[] }).items,
    create: async (path, object) => (await requestSuccessfully('POST', path, object)) as KubernetesObject,
    patch: async (path, patch) =>
      (await requestSuccessfully('PATCH', path, patch, 'application/merge-patch+json')) as KubernetesObject,
    delete: async (path, options) => {
      await requestSuccessfully('DELETE', path, options);
    },
    close: () => {
      agent.destroy();
    },
  };
};

const readResponse = async (incoming: IncomingMessage): Promise<ApiResponse> => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  // Health endpoints return plain text.
  const isJson = incoming.headers['content-type']?.startsWith('application/json') === true;
  return { status: incoming.statusCode ?? 0, body: isJson ? (JSON.parse(text) as unknown) : text };
};
