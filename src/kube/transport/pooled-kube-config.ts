import { createHash } from 'node:crypto';
import type { AgentOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import type { DispatcherOptions, RequestContext } from '@kubernetes/client-node';

type Dispatcher = NonNullable<ReturnType<RequestContext['getDispatcher']>>;

/**
 * A KubeConfig whose requests share connections. The library builds a connection pool for every request (client-node 2.0.1,
 * `createDispatcher`), which costs a TLS handshake each; here the pool is kept until address or credentials change.
 */
export class PooledKubeConfig extends KubeConfig {
  #currentKey = '';
  #pool: { readonly key: string; readonly dispatcher: Dispatcher } | undefined;

  override createDispatcherOptions(
    cluster: ReturnType<KubeConfig['getCurrentCluster']>,
    agentOptions: AgentOptions,
  ): DispatcherOptions {
    const options = super.createDispatcherOptions(cluster, agentOptions);
    this.#currentKey = toKey(options);
    return options;
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
    }
    return this.#pool.dispatcher;
  }
}

/** A digest, so that no second copy of the private key is kept. */
const toKey = (options: DispatcherOptions): string =>
  createHash('sha256').update(JSON.stringify(options)).digest('hex');
