import { createHash } from 'node:crypto';
import type { AgentOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import type { DispatcherOptions, RequestContext } from '@kubernetes/client-node';

type Dispatcher = NonNullable<ReturnType<RequestContext['getDispatcher']>>;

/**
 * A KubeConfig whose requests share connections. The library builds a connection pool for every single request (client-node 2.0.1,
 * `createDispatcher`), which would cost a TLS handshake each; here the pool stays until address or credentials change.
 */
export class PooledKubeConfig extends KubeConfig {
  #wantedKey = '';
  #pool: { readonly key: string; readonly dispatcher: Dispatcher } | undefined;

  override createDispatcherOptions(
    cluster: ReturnType<KubeConfig['getCurrentCluster']>,
    agentOptions: AgentOptions,
  ): DispatcherOptions {
    const options = super.createDispatcherOptions(cluster, agentOptions);
    this.#wantedKey = toKey(options);
    return options;
  }

  override async applySecurityAuthentication(context: RequestContext): Promise<void> {
    const setDispatcher = context.setDispatcher.bind(context);
    // The library calls this in the same turn as createDispatcherOptions, so the key is that of this request.
    context.setDispatcher = (fresh): void => {
      setDispatcher(this.#reuse(fresh));
    };
    await super.applySecurityAuthentication(context);
  }

  /** The fresh pool has no connection yet; unused, it is garbage. */
  #reuse(fresh: Dispatcher): Dispatcher {
    if (this.#pool?.key !== this.#wantedKey) {
      this.#pool = { key: this.#wantedKey, dispatcher: fresh };
    }
    return this.#pool.dispatcher;
  }
}

/** A digest, so that the private key is not held once more. */
const toKey = (options: DispatcherOptions): string =>
  createHash('sha256').update(JSON.stringify(options)).digest('hex');
