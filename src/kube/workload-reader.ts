import type { OwnerReference, WorkloadFacts } from '../domain/cluster/facts.ts';
import { isClusterFailure } from '../ports/cluster-failure.ts';
import { toPath } from './transport/api-client.ts';
import type { ApiClient } from './transport/api-client.ts';
import { DiscoveryReader } from './discovery-reader.ts';
import type { DiscoveredKind } from './discovery-reader.ts';
import { toWorkloadFacts } from './facts/to-workload-facts.ts';
import type { ScaleObject, WorkloadKind, WorkloadObject } from './facts/to-workload-facts.ts';

interface KnownKind extends WorkloadKind {
  readonly resource: string;
}

/** Kinds with known fields for replica count and selector; keyed by kind and group, because owners may name an old version. */
const KNOWN_KINDS: Readonly<Record<string, KnownKind>> = {
  'Deployment.apps': { apiVersion: 'apps/v1', kind: 'Deployment', resource: 'deployments', scalable: true },
  'ReplicaSet.apps': { apiVersion: 'apps/v1', kind: 'ReplicaSet', resource: 'replicasets', scalable: true },
  'StatefulSet.apps': { apiVersion: 'apps/v1', kind: 'StatefulSet', resource: 'statefulsets', scalable: true },
  'DaemonSet.apps': { apiVersion: 'apps/v1', kind: 'DaemonSet', resource: 'daemonsets', scalable: false },
  'Job.batch': { apiVersion: 'batch/v1', kind: 'Job', resource: 'jobs', scalable: false },
  'ReplicationController.': {
    apiVersion: 'v1',
    kind: 'ReplicationController',
    resource: 'replicationcontrollers',
    scalable: true,
  },
};

/** Part of the CRD handler's error message for an object without its replica field, which then has the default of one replica. */
const NO_REPLICAS = 'spec replicas field';

/** Reads the workloads that owner references name: built-in kinds directly, every other kind by discovery and scale subresource. */
export class WorkloadReader {
  readonly #client: ApiClient;
  readonly #discovery: DiscoveryReader;

  constructor(client: ApiClient) {
    this.#client = client;
    this.#discovery = new DiscoveryReader(client);
  }

  /**
   * `undefined` when the object is gone, has another UID, or its kind is no longer served.
   *
   * @throws ClusterFailure `Forbidden`, not retryable: the permission to read the kind is missing.
   */
  async readWorkload(namespace: string, owner: OwnerReference): Promise<WorkloadFacts | undefined> {
    const known = KNOWN_KINDS[`${owner.kind}.${toGroup(owner.apiVersion)}`];
    const facts =
      known === undefined
        ? await this.#readDiscovered(namespace, owner)
        : await this.#readKnown(namespace, owner, known);
    return facts?.uid === owner.uid ? facts : undefined;
  }

  async #readKnown(namespace: string, owner: OwnerReference, known: KnownKind): Promise<WorkloadFacts | undefined> {
    const path = toPath(...toApiRoot(known.apiVersion), 'namespaces', namespace, known.resource, owner.name);
    const workload = await this.#client.read<WorkloadObject>(path, toPurpose(namespace, owner));
    return workload === undefined ? undefined : toWorkloadFacts(known, workload);
  }

  async #readDiscovered(namespace: string, owner: OwnerReference): Promise<WorkloadFacts | undefined> {
    const discovered = await this.#discovery.readKind(owner.apiVersion, owner.kind);
    if (discovered === undefined) {
      return undefined;
    }
    const place = discovered.namespaced ? ['namespaces', namespace] : [];
    const path = toPath(...toApiRoot(discovered.apiVersion), ...place, discovered.resource, owner.name);
    const workload = await this.#readObject(path, toPurpose(namespace, owner), owner);
    if (workload === undefined) {
      return undefined;
    }
    const scale = await this.#readScale(path, toPurpose(namespace, owner), discovered);
    return toWorkloadFacts({ ...discovered, scalable: discovered.hasScale }, workload, scale);
  }

  async #readObject(path: string, purpose: string, owner: OwnerReference): Promise<WorkloadObject | undefined> {
    try {
      return await this.#client.read<WorkloadObject>(path, purpose);
    } catch (error) {
      // The kind is no longer served there: it was removed, or has another version. The next call runs discovery again.
      if (isClusterFailure(error) && error.status === 404) {
        this.#discovery.forget(owner.apiVersion, owner.kind);
      }
      throw error;
    }
  }

  async #readScale(path: string, purpose: string, kind: DiscoveredKind): Promise<ScaleObject | undefined> {
    if (!kind.hasScale) {
      return undefined;
    }
    try {
      return await this.#client.read<ScaleObject>(`${path}/scale`, `${purpose} (scale subresource)`);
    } catch (error) {
      if (isClusterFailure(error, 'ServerError') && error.message.includes(NO_REPLICAS)) {
        return undefined;
      }
      throw error;
    }
  }
}

/** The API path of a workload of a built-in kind; undefined for other kinds. */
export const toTemplatePath = (
  namespace: string,
  { apiVersion, kind, name }: { readonly apiVersion: string; readonly kind: string; readonly name: string },
): string | undefined => {
  const known = KNOWN_KINDS[`${kind}.${toGroup(apiVersion)}`];
  return known === undefined
    ? undefined
    : toPath(...toApiRoot(known.apiVersion), 'namespaces', namespace, known.resource, name);
};

/** `apps/v1` → `apps`; `v1` → the core group, empty. */
const toGroup = (apiVersion: string): string => (apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '');

/** Path segments in front of namespace and resource. */
const toApiRoot = (apiVersion: string): readonly string[] =>
  apiVersion.includes('/') ? ['apis', ...apiVersion.split('/')] : ['api', apiVersion];

const toPurpose = (namespace: string, owner: OwnerReference): string =>
  `read ${owner.kind} "${namespace}/${owner.name}"`;
