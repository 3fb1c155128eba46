import type { V1ObjectMeta } from '@kubernetes/client-node';
import type { DeletionAnswer, Follower, FollowListener } from '../../ports/cluster.ts';
import type { ClusterFailure } from '../../ports/cluster-failure.ts';
import { toPath } from './api-client.ts';
import type { ApiCall, ApiClient } from './api-client.ts';
import { isObjectMissing, toClusterFailure, toUnreadableFailure } from './api-failure.ts';
import { follow } from './follow.ts';
import type { FollowSettings } from './follow.ts';
import type { Wire } from './wire.ts';

interface ApiObject {
  readonly metadata?: Wire<V1ObjectMeta>;
}

/** One kind of object: its API path, its name in messages, and the facts that are read from it. */
export interface ResourceDescription<Model extends ApiObject, Facts> {
  /** Path segments before namespace and resource, e.g. `['apis', 'policy', 'v1']`. */
  readonly root: readonly string[];
  readonly resource: string;
  /** For messages, e.g. `pod`. */
  readonly title: string;
  readonly toFacts: (model: Model) => Facts;
}

/** An object; `namespace` is absent for cluster-scoped kinds. */
export interface ObjectName {
  readonly namespace?: string;
  readonly name: string;
}

export interface ListScope {
  /** Absent: in all namespaces. */
  readonly namespace?: string;
  /** E.g. `spec.nodeName=node-1`. */
  readonly fieldSelector?: string;
  /** E.g. `app=web`. */
  readonly labelSelector?: string;
}

/** Conditions of a write: the object has this UID and, where given, this resourceVersion. */
export interface Preconditions {
  readonly uid: string;
  readonly resourceVersion?: string;
}

/** Reads and writes the objects of one kind as facts. Throws only `ClusterFailure`. */
export class ResourceClient<Model extends ApiObject, Facts> {
  readonly #client: ApiClient;
  readonly #description: ResourceDescription<Model, Facts>;

  constructor(client: ApiClient, description: ResourceDescription<Model, Facts>) {
    this.#client = client;
    this.#description = description;
  }

  async read(object: ObjectName): Promise<Facts | undefined> {
    const purpose = this.#toPurpose('read', object);
    const model = await this.#client.read<Model>(this.toPath(object.namespace, object.name), purpose);
    return model === undefined ? undefined : this.#toFacts(model, purpose);
  }

  async list(scope: ListScope = {}): Promise<readonly Facts[]> {
    const purpose = this.#toListPurpose(scope);
    const { toFacts: toItem } = this.#description;
    return (await this.#client.list({ path: this.toPath(scope.namespace), purpose, query: toQuery(scope), toItem }))
      .items;
  }

  async create(object: ObjectName, body: unknown): Promise<Facts> {
    return await this.#write({
      method: 'POST',
      path: this.toPath(object.namespace),
      purpose: this.#toPurpose('create', object),
      body,
    });
  }

  /**
   * Sends a JSON merge patch.
   *
   * @throws ClusterFailure `Conflict`, retryable: the object has another UID or resourceVersion.
   */
  async patch(object: ObjectName, expected: Required<Preconditions>, change: object): Promise<Facts> {
    const { metadata = {}, ...rest } = change as { readonly metadata?: object };
    return await this.#write({
      method: 'PATCH',
      path: this.toPath(object.namespace, object.name),
      purpose: this.#toPurpose('patch', object),
      body: { ...rest, metadata: { ...metadata, uid: expected.uid, resourceVersion: expected.resourceVersion } },
    });
  }

  /** @throws ClusterFailure `Conflict`, retryable: the object has `expected.uid`, but another resourceVersion. */
  async delete(object: ObjectName, expected: Preconditions, options: object = {}): Promise<DeletionAnswer> {
    const call: ApiCall = {
      method: 'DELETE',
      path: this.toPath(object.namespace, object.name),
      purpose: this.#toPurpose('delete', object),
      body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { ...expected }, ...options },
    };
    const answer = await this.#client.send(call);
    if (isObjectMissing(answer)) {
      return 'gone';
    }
    if (answer.status === 409) {
      return await this.#explainConflict(expected.uid, toClusterFailure(answer, this.#client.toQuestion(call)), call);
    }
    this.#client.toResult(answer, call);
    return 'accepted';
  }

  follow(scope: ListScope, listener: FollowListener<Facts>, settings: FollowSettings): Follower {
    const { toFacts } = this.#description;
    const resource = {
      path: this.toPath(scope.namespace),
      query: toQuery(scope),
      purpose: this.#toListPurpose(scope),
      toItem: toFacts,
    };
    return follow<Model, Facts>(this.#client, resource, listener, settings);
  }

  /** Path of the collection, or of one object and its subresource. */
  toPath(namespace?: string, ...names: readonly string[]): string {
    const place = namespace === undefined ? [] : ['namespaces', namespace];
    return toPath(...this.#description.root, ...place, this.#description.resource, ...names);
  }

  async #write(call: ApiCall): Promise<Facts> {
    return this.#toFacts(await this.#client.request<Model>(call), call.purpose);
  }

  /** A 409 does not identify the failed precondition, so the object is read. */
  async #explainConflict(expectedUid: string, conflict: ClusterFailure, call: ApiCall): Promise<DeletionAnswer> {
    const present = await this.#client.read<Model>(call.path, call.purpose);
    if (present === undefined) {
      return 'gone';
    }
    if (present.metadata?.uid !== expectedUid) {
      return 'otherUid';
    }
    throw conflict;
  }

  #toFacts(model: Model, purpose: string): Facts {
    try {
      return this.#description.toFacts(model);
    } catch {
      throw toUnreadableFailure(200, this.#client.toQuestion({ purpose }));
    }
  }

  #toPurpose(verb: string, { namespace, name }: ObjectName): string {
    return `${verb} ${this.#description.title} "${namespace === undefined ? '' : `${namespace}/`}${name}"`;
  }

  #toListPurpose({ namespace, fieldSelector, labelSelector }: ListScope): string {
    const place = namespace === undefined ? '' : ` of namespace "${namespace}"`;
    const selectors = [fieldSelector, labelSelector].filter((selector) => selector !== undefined);
    return `list ${this.#description.title}s${place}${selectors.length === 0 ? '' : ` with ${selectors.join(' and ')}`}`;
  }
}

const toQuery = ({ fieldSelector, labelSelector }: ListScope): Readonly<Record<string, string>> => ({
  ...(fieldSelector === undefined ? {} : { fieldSelector }),
  ...(labelSelector === undefined ? {} : { labelSelector }),
});
