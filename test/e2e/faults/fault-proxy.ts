import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer, request as httpsRequest, type Server } from 'node:https';
import { isIP, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCertificateAuthority } from '../../../stack/control-plane/certificate-authority.ts';
import { writeKubeconfig } from '../../../stack/control-plane/kubeconfig.ts';
import type { Stack } from '../../../stack/stack.ts';
import { createRandom } from '../agreement/random.ts';
import { chooseFault, toFaultName, type Fault } from './choose-fault.ts';
import { passFaultyWatch } from './faulty-watch.ts';
import { rolesNotLoaded, type InjectedAnswer } from './injected-answer.ts';

/** What the second one of a duplicated request is sent with, so that the audit log shows who sent it twice. */
export const DUPLICATE_USER_AGENT = 'fault-proxy-duplicate';

interface Forwarded {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/**
 * Stands between one client and the API server, and answers, cuts, delays and duplicates its requests and watches. Faults follow from the
 * seed, the request line and how often that line was sent: the same for every order in which different requests arrive.
 */
export class FaultProxy {
  /** How often each fault was injected, by its name. */
  readonly counts = new Map<string, number>();
  readonly #server: Server;
  readonly #certificate: string;
  readonly #target: URL;
  readonly #agent: Agent;
  readonly #seed: number;
  readonly #timesSent = new Map<string, number>();
  readonly #denied = new Set<string>();

  private constructor(stack: Stack, seed: number) {
    this.#seed = seed;
    this.#target = new URL(stack.serverUrl);
    this.#agent = new Agent({ keepAlive: true, ca: readFileSync(stack.certificateAuthorityPath) });
    const authority = createCertificateAuthority('fault-proxy-authority');
    this.#certificate = authority.certificate;
    const { certificate, key } = authority.issue({
      commonName: 'fault-proxy',
      usage: 'server',
      alternativeNames: ['127.0.0.1'],
    });
    this.#server = createServer({ cert: certificate, key }, (request, response) => {
      void this.#handle(request, response).catch(() => {
        response.destroy();
      });
    });
  }

  static async start(stack: Stack, seed: number): Promise<FaultProxy> {
    const proxy = new FaultProxy(stack, seed);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  /** Writes a kubeconfig with that one's token that leads to this proxy. @returns its path, in `directory` */
  writeKubeconfig(original: string, directory: string): string {
    const { users } = JSON.parse(readFileSync(original, 'utf8')) as { users: [{ user: { token: string } }] };
    const path = join(directory, 'fault-proxy.kubeconfig');
    const { port } = this.#server.address() as AddressInfo;
    const { token } = users[0].user;
    const serverUrl = `https://127.0.0.1:${port}`;
    writeKubeconfig(path, { serverUrl, certificateAuthority: this.#certificate, credentials: { token } });
    return path;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
    this.#agent.destroy();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/', headers } = request;
    // Its client may have closed the connection.
    response.on('error', () => response.destroy());
    const fault = this.#choose(method, url);
    const name = toFaultName(fault);
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    const forwarded = { method, url, headers, body: await readBody(request) };
    if (url.includes('watch=true')) await this.#handleWatch(forwarded, response, fault);
    else await this.#handleRequest(forwarded, response, fault);
  }

  #choose(method: string, url: string): Fault {
    // Names of replicas end in random letters.
    const line = `${method} ${url.replace(/-[a-z0-9]{5}\/eviction$/, '/eviction')}`;
    const times = this.#timesSent.get(line) ?? 0;
    this.#timesSent.set(line, times + 1);
    const digest = createHash('sha256').update(`${this.#seed} ${times} ${line}`).digest();
    const fault = chooseFault({ method, url }, createRandom(digest.readUInt32LE()));
    return this.#isRepeatedDenial(`${method} ${url}`, fault) ? { kind: 'none' } : fault;
  }

  #isRepeatedDenial(line: string, fault: Fault): boolean {
    if (fault.kind !== 'answer' || fault.answer !== rolesNotLoaded) return false;
    if (this.#denied.has(line)) return true;
    this.#denied.add(line);
    return false;
  }

  async #handleRequest(request: Forwarded, response: ServerResponse, fault: Fault): Promise<void> {
    if ('isForwarded' in fault && fault.isForwarded) await this.#forward(request);
    switch (fault.kind) {
      case 'answer':
        inject(response, fault.answer);
        return;
      case 'cut':
        response.destroy();
        return;
      case 'silent':
        await awaitClose(response);
        return;
      case 'truncated':
        await truncate(response, await this.#forward(request));
        return;
      case 'delayed':
        await this.#delay(request, response, fault);
        return;
      case 'duplicated':
        respond(response, await this.#forwardTwice(request, fault.answerOf));
        return;
      case 'paged': {
        const url = request.url.replace(/limit=\d+/, `limit=${fault.pageSize}`);
        respond(response, await this.#forward({ ...request, url }));
        return;
      }
      default:
        respond(response, await this.#forward(request));
    }
  }

  /** A request whose client has given up meanwhile is not sent. */
  async #delay(
    request: Forwarded,
    response: ServerResponse,
    { before, after }: { readonly before: number; readonly after: number },
  ): Promise<void> {
    await sleep(before);
    if (response.destroyed) return;
    const answer = await this.#forward(request);
    await sleep(after);
    respond(response, answer);
  }

  async #forwardTwice(request: Forwarded, answerOf: 'first' | 'second'): Promise<Answer> {
    const first = await this.#forward(request);
    const headers = { ...request.headers, 'user-agent': DUPLICATE_USER_AGENT };
    const second = await this.#forward({ ...request, headers });
    return answerOf === 'first' ? first : second;
  }

  async #handleWatch(request: Forwarded, response: ServerResponse, fault: Fault): Promise<void> {
    if (fault.kind === 'answer') {
      inject(response, fault.answer);
      return;
    }
    if (fault.kind === 'cut') {
      response.destroy();
      return;
    }
    const opened = await this.#open(request);
    response.on('close', () => opened.destroy());
    response.writeHead(opened.statusCode ?? 502, toHeaders(opened.headers));
    if (fault.kind === 'watch' && opened.statusCode === 200) await passFaultyWatch(opened, response, fault.watch);
    else {
      response.flushHeaders();
      opened.on('error', () => response.destroy());
      opened.pipe(response);
    }
  }

  async #forward(request: Forwarded): Promise<Answer> {
    const opened = await this.#open(request);
    return { status: opened.statusCode ?? 502, headers: toHeaders(opened.headers), body: await readBody(opened) };
  }

  #open({ method, url, headers, body }: Forwarded): Promise<IncomingMessage> {
    const { hostname, port } = this.#target;
    return new Promise((resolve, reject) => {
      const outgoing = httpsRequest(
        {
          ...{ agent: this.#agent, host: hostname, port, method, path: url },
          ...(isIP(hostname) === 0 ? {} : { servername: '' }),
          headers: { ...toHeaders(headers), 'accept-encoding': 'identity', 'content-length': body.length },
        },
        resolve,
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }
}

/** Those that are not about one connection. */
const toHeaders = ({
  connection: _connection,
  host: _host,
  'keep-alive': _keepAlive,
  'transfer-encoding': _encoding,
  'content-length': _length,
  ...rest
}: IncomingHttpHeaders): IncomingHttpHeaders => rest;

const readBody = async (message: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

const respond = (response: ServerResponse, { status, headers, body }: Answer): void => {
  response.writeHead(status, { ...headers, 'content-length': body.length });
  response.end(body);
};

const awaitClose = async (response: ServerResponse): Promise<void> => {
  if (!response.destroyed) await once(response, 'close');
};

const inject = (response: ServerResponse, { status, contentType, body, retryAfter }: InjectedAnswer): void => {
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
  });
  response.end(body);
};

const truncate = async (response: ServerResponse, { status, headers, body }: Answer): Promise<void> => {
  response.writeHead(status, { ...headers, 'content-length': body.length });
  await new Promise<void>((resolve) => {
    response.write(body.subarray(0, body.length / 2), () => {
      resolve();
    });
  });
  response.destroy();
};
