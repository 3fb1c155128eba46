import { toPath } from './transport/api-client.ts';
import type { ApiClient } from './transport/api-client.ts';

/** How to address the objects of one kind. */
export interface DiscoveredKind {
  readonly apiVersion: string;
  readonly kind: string;
  /** Plural, as used in paths. */
  readonly resource: string;
  readonly namespaced: boolean;
  readonly hasScale: boolean;
}

interface ApiResource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** Discovers which kinds the API server serves. Caches the kinds that it finds; a missing kind is requested again on every call. */
export class DiscoveryReader {
  readonly #client: ApiClient;
  readonly #found = new Map<string, DiscoveredKind>();

  constructor(client: ApiClient) {
    this.#client = client;
  }

  /** `undefined` when neither this version nor the group's preferred one serves the kind, e.g. after its CRD was removed. */
  async readKind(apiVersion: string, kind: string): Promise<DiscoveredKind | undefined> {
    const key = `${apiVersion}/${kind}`;
    const found = this.#found.get(key) ?? (await this.#discover(apiVersion, kind));
    if (found !== undefined) {
      this.#found.set(key, found);
    }
    return found;
  }

  /** Removes a kind from the cache after its objects were not served at its path: the next call runs discovery again. */
  forget(apiVersion: string, kind: string): void {
    this.#found.delete(`${apiVersion}/${kind}`);
  }

  async #discover(apiVersion: string, kind: string): Promise<DiscoveredKind | undefined> {
    const found = await this.#readVersion(apiVersion, kind);
    const [group, version] = apiVersion.split('/');
    if (found !== undefined || group === undefined || version === undefined) {
      return found;
    }
    const preferred = await this.#readPreferredVersion(group);
    return preferred === undefined || preferred === apiVersion ? undefined : await this.#readVersion(preferred, kind);
  }

  async #readVersion(apiVersion: string, kind: string): Promise<DiscoveredKind | undefined> {
    const root = apiVersion.includes('/') ? ['apis', ...apiVersion.split('/')] : ['api', apiVersion];
    const list = await this.#readIfServed<{ readonly resources?: readonly ApiResource[] }>(
      toPath(...root),
      `discover ${apiVersion}`,
    );
    const resources = list?.resources ?? [];
    // Subresources have a slash in their name, and often the kind of their parent.
    const own = resources.find((resource) => resource.kind === kind && !resource.name.includes('/'));
    if (own === undefined) {
      return undefined;
    }
    return {
      apiVersion,
      kind,
      resource: own.name,
      namespaced: own.namespaced,
      hasScale: resources.some(({ name }) => name === `${own.name}/scale`),
    };
  }

  async #readPreferredVersion(group: string): Promise<string | undefined> {
    const found = await this.#readIfServed<{ readonly preferredVersion?: { readonly groupVersion?: string } }>(
      toPath('apis', group),
      `discover ${group}`,
    );
    return found?.preferredVersion?.groupVersion;
  }

  /** For a group that it does not serve, the API server returns a plain-text 404 without a Status. */
  async #readIfServed<Result>(path: string, purpose: string): Promise<Result | undefined> {
    const call = { method: 'GET', path, purpose } as const;
    const answer = await this.#client.send(call);
    return answer.status === 404 ? undefined : (this.#client.toResult(answer, call) as Result);
  }
}
