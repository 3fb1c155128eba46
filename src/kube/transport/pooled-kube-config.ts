import { createHash, type Hash } from 'node:crypto';
import type { AgentOptions } from 'node:https';
import { checkServerIdentity, createSecureContext, type ConnectionOptions, type SecureContext } from 'node:tls';
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import type { DispatcherOptions, RequestContext } from '@kubernetes/client-node';
import { KnownServers } from './known-servers.ts';

type Dispatcher = NonNullable<ReturnType<RequestContext['getDispatcher']>>;

/**
 * A KubeConfig whose requests share connections. The library builds a connection pool for every request (client-node 2.0.1,
 * `createDispatcher`), which costs a TLS handshake each; here the pool is kept until address or credentials change.
 */
export class PooledKubeConfig extends KubeConfig {
  readonly servers = new KnownServers();
  #currentKey = '';
  #context: { readonly key: string; readonly secureContext: SecureContext | undefined } | undefined;
  #pool: { readonly key: string; readonly dispatcher: Dispatcher } | undefined;

  override createDispatcherOptions(
    cluster: ReturnType<KubeConfig['getCurrentCluster']>,
    agentOptions: AgentOptions,
  ): DispatcherOptions {
    const options = withHttp1(super.createDispatcherOptions(cluster, agentOptions));
    this.#currentKey = toKey(cluster?.server ?? '', options);
    return this.#withTls(options);
  }

  override async applySecurityAuthentication(context: RequestContext): Promise<void> {
    const setDispatcher = context.setDispatcher.bind(context);
    // The library calls this synchronously after createDispatcherOptions, so the key belongs to this request.
    context.setDispatcher = (fresh): void => {
      setDispatcher(this.#reuse(fresh));
    };
    await super.applySecurityAuthentication(context);
  }

  /** The fresh pool has no connection yet and can be dropped unused. */
  #reuse(fresh: Dispatcher): Dispatcher {
    if (this.#pool?.key !== this.#currentKey) {
      this.#pool = { key: this.#currentKey, dispatcher: fresh };
      this.servers.forget();
    }
    return this.#pool.dispatcher;
  }

  /** Each new connection notes its server. Not through a SOCKS proxy, so that no server is known then. */
  #withTls(options: DispatcherOptions): DispatcherOptions {
    const shared = this.#shareContext(options);
    if (shared.type === 'agent') return { ...shared, connect: this.#withSighting(shared.connect) };
    if (shared.type === 'proxy') return { ...shared, requestTls: this.#withSighting(shared.requestTls) };
    return shared;
  }

  /** Certificates are parsed once, not for each connection: each watch has its own. */
  #shareContext(options: DispatcherOptions): DispatcherOptions {
    if (this.#context?.key !== this.#currentKey) {
      this.#context = { key: this.#currentKey, secureContext: toSecureContext(options) };
    }
    const { secureContext } = this.#context;
    if (secureContext === undefined) return options;
    if (options.type === 'agent') return { ...options, connect: { ...options.connect, secureContext } };
    if (options.type === 'proxy') return { ...options, requestTls: { ...options.requestTls, secureContext } };
    return options;
  }

  #withSighting<Options extends ConnectionOptions>(options: Options): Options {
    // Without verification anyone may present any certificate.
    if (options.rejectUnauthorized === false) return options;
    const noteServer: ConnectionOptions['checkServerIdentity'] = (host, certificate) => {
      const problem = checkServerIdentity(host, certificate);
      if (problem === undefined) this.servers.note(certificate.fingerprint256);
      return problem;
    };
    return { ...options, checkServerIdentity: noteServer };
  }
}

/**
 * HTTP/1.1 only, on every way to the API server. With HTTP/2 all requests and watches of a cluster share one connection, so
 * that they stop together; and undici 8.12.4 ends the process when such a connection is given up for being idle at the moment
 * at which it fails: the `error` event of its socket has no listener then. An HTTPS proxy itself is not reached by this.
 */
const withHttp1 = (options: DispatcherOptions): DispatcherOptions => {
  switch (options.type) {
    case 'agent':
      return { ...options, connect: { ...options.connect, ...HTTP1_ONLY } };
    case 'proxy':
      return { ...options, requestTls: { ...options.requestTls, ...HTTP1_ONLY } };
    case 'none':
      return { type: 'agent', connect: { keepAlive: true, ...HTTP1_ONLY } };
    case 'socks':
      // Its TLS connection offers no protocol, so that the server takes HTTP/1.1.
      return options;
  }
};

/** Read by undici's `buildConnector`, to which both places are passed. */
const HTTP1_ONLY = { allowH2: false } as const;

/** Undefined where certificate or key cannot be parsed: each connection reports that by itself. */
const toSecureContext = (options: DispatcherOptions): SecureContext | undefined => {
  const tls: ConnectionOptions | undefined =
    options.type === 'agent' ? options.connect : options.type === 'proxy' ? options.requestTls : undefined;
  try {
    return tls && createSecureContext(tls);
  } catch {
    return undefined;
  }
};

/** A digest, so that no second copy of the private key is kept. Made for each request: as JSON, the bytes of a key would be numbers. */
const toKey = (server: string, options: DispatcherOptions): string => {
  const hash = createHash('sha256').update(server);
  addTo(hash, options);
  return hash.digest('hex');
};

/** Each part with its type and length, so that different options have different digests. */
const addTo = (hash: Hash, value: unknown): void => {
  if (value instanceof Uint8Array) {
    hash.update(`bytes ${value.length}:`).update(value);
  } else if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value);
    hash.update(`object ${entries.length}:`);
    for (const [name, each] of entries) {
      addTo(hash, name);
      addTo(hash, each);
    }
  } else {
    const text = String(value);
    hash.update(`${typeof value} ${text.length}:${text}`);
  }
};
