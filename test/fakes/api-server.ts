import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  /** Parsed JSON; undefined without a body. */
  readonly body: unknown;
}

/** Answers one request; it may leave the response open. */
export type Answer = (response: ServerResponse, request: RecordedRequest) => void;

/** An HTTP API server with scripted responses. It uses plain HTTP and writes its kubeconfig to a temporary folder. */
export class FakeApiServer {
  readonly requests: RecordedRequest[] = [];
  readonly #scripts = new Map<string, Answer[]>();
  readonly #waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  readonly #server: Server;
  readonly #folder = mkdtempSync(join(tmpdir(), 'fake-api-server-'));
  #address = '';

  constructor() {
    this.#server = createServer((request, response) => {
      void this.#serve(request, response);
    });
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    this.#address = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    writeFileSync(this.kubeconfigPath, JSON.stringify(this.#toKubeconfig()));
  }

  get kubeconfigPath(): string {
    return join(this.#folder, 'kubeconfig');
  }

  /** Responses by key (e.g. `GET /path`), in the order of the requests; the last one is repeated. */
  script(key: string, ...answers: Answer[]): void {
    this.#scripts.set(key, answers);
  }

  /** Resolves once `count` requests in total have arrived. */
  async awaitRequests(count: number): Promise<void> {
    if (this.requests.length < count) {
      await new Promise<void>((resolve) => this.#waiting.push({ count, resolve }));
    }
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
    this.#server.closeAllConnections();
    await closed;
    rmSync(this.#folder, { recursive: true });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const recorded = await toRecordedRequest(request);
    this.requests.push(recorded);
    for (const { count, resolve } of this.#waiting) {
      if (this.requests.length >= count) {
        resolve();
      }
    }
    const answers = this.#scripts.get(`${recorded.method} ${recorded.path}`) ?? [];
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    (answer ?? text(404, '404 page not found'))(response, recorded);
  }

  #toKubeconfig(): object {
    return {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'fake',
      clusters: [{ name: 'fake', cluster: { server: this.#address, 'insecure-skip-tls-verify': true } }],
      users: [{ name: 'fake', user: { token: 'token-of-the-test' } }],
      contexts: [{ name: 'fake', context: { cluster: 'fake', user: 'fake' } }],
    };
  }
}

export const startFakeApiServer = async (): Promise<FakeApiServer> => {
  const server = new FakeApiServer();
  await server.start();
  return server;
};

export const json =
  (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer =>
  (response) => {
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };

export const text =
  (status: number, body: string, headers: Readonly<Record<string, string>> = {}): Answer =>
  (response) => {
    response.writeHead(status, { 'Content-Type': 'text/plain', ...headers });
    response.end(body);
  };

/** The connection is reset before any response. */
export const reset: Answer = (response) => {
  response.socket?.destroy();
};

/** Never responds. */
export const silence: Answer = () => undefined;

/** A WATCH with these events; then it stays open, or ends as `end` specifies. */
export const watch =
  (events: readonly object[], end: 'stayOpen' | 'close' | 'reset' = 'stayOpen'): Answer =>
  (response) => {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.flushHeaders();
    for (const event of events) {
      response.write(`${JSON.stringify(event)}\n`);
    }
    if (end === 'close') {
      response.end();
    } else if (end === 'reset') {
      // After the events are sent.
      response.write('\n', () => response.socket?.resetAndDestroy());
    }
  };

export const status = (code: number, reason: string, message: string, details: object = {}): object => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message,
  reason,
  details,
  code,
});

const toRecordedRequest = async (request: IncomingMessage): Promise<RecordedRequest> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  const body = Buffer.concat(chunks).toString('utf8');
  const url = new URL(request.url ?? '/', 'http://fake');
  return {
    method: request.method ?? '',
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: request.headers,
    body: body === '' ? undefined : JSON.parse(body),
  };
};
