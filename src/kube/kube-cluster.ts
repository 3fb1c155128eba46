import type { V1Namespace } from '@kubernetes/client-node';
import type { ClusterSettings } from '../domain/cluster/cluster-settings.ts';
import type { ProxySettings } from '../domain/cluster/proxy-settings.ts';
import type {
  AccessRight,
  AutoscalerFacts,
  ClusterAddress,
  ClusterIdentity,
  DeploymentFacts,
  DisruptionBudgetFacts,
  EndpointFacts,
  NodeFacts,
  OwnerReference,
  PodFacts,
  PodRef,
  VolumeAttachmentFacts,
  VolumeClaimFacts,
  VolumeFacts,
  WorkloadFacts,
} from '../domain/cluster/facts.ts';
import { toSelectorText } from '../domain/cluster/label-selector.ts';
import type { ServiceFacts } from '../domain/cluster/service.ts';
import type { AnnotationChange } from '../domain/cluster/annotations.ts';
import type { CreationAnswer, Replacement } from '../domain/preflight/creation-trial.ts';
import type { NodeChange } from '../domain/node/node-change.ts';
import type { NodeObjects } from '../domain/node/node-objects.ts';
import type { DeploymentChange } from '../domain/surge/plan-surge-release.ts';
import type {
  Cluster,
  ClusterSnapshot,
  DeletionAnswer,
  EvictionAnswer,
  Follower,
  FollowListener,
  NewDisruptionBudget,
  ObjectVersion,
  PodScope,
} from '../ports/cluster.ts';
import { isClusterFailure } from '../ports/cluster-failure.ts';
import { ApiClient } from './transport/api-client.ts';
import type { ApiCall, ApiClientOptions } from './transport/api-client.ts';
import { toConnectionFailure, toCredentialFailure } from './transport/api-failure.ts';
import { createResourceClients } from './transport/create-resource-clients.ts';
import type { ResourceClients } from './transport/create-resource-clients.ts';
import { tryCreation } from './creation-answer.ts';
import { toEvictionAnswer } from './eviction-answer.ts';
import { useProxy } from './transport/find-proxy.ts';
import type { ListScope } from './transport/resource-client.ts';
import { FOLLOW_SETTINGS } from './transport/follow.ts';
import type { FollowSettings } from './transport/follow.ts';
import type { PageRetries } from './transport/send-page.ts';
import { takeExecCredentials } from './transport/exec-credentials.ts';
import { KnownServers } from './transport/known-servers.ts';
import { loadKubeConfig } from './transport/load-kube-config.ts';
import { PooledKubeConfig } from './transport/pooled-kube-config.ts';
import { readCaHashes } from './facts/read-ca-hashes.ts';
import { toClusterAddress } from './facts/to-cluster-address.ts';
import { NodeObjectReader } from './node-object-reader.ts';
import { readMissingRights } from './read-missing-rights.ts';
import { RecentUid } from './recent-uid.ts';
import { readSnapshot } from './scheduling/snapshot-reader.ts';
import { toBudgetBody, toDeploymentPatch, toEvictionBody, toNodePatch } from './to-request-body.ts';
import { tryReplacement } from './try-replacement.ts';
import type { Wire } from './transport/wire.ts';
import { WorkloadReader } from './workload-reader.ts';

const READ_KUBE_SYSTEM: ApiCall = {
  method: 'GET',
  path: '/api/v1/namespaces/kube-system',
  purpose: 'read namespace "kube-system"',
};

export interface KubeClusterOptions {
  /** Deadline of one API request. */
  readonly requestTimeoutSeconds: number;
  /** `node-decommission/<version>`, as it appears in audit logs. */
  readonly userAgent: string;
  /** Absent: none. */
  readonly proxies?: ProxySettings;
  /** Absent: FOLLOW_SETTINGS. */
  readonly follow?: FollowSettings;
  /** Absent: PAGE_RETRIES. */
  readonly pageRetries?: PageRetries;
}

/**
 * Creates a cluster client by the cluster's name in the configuration. Reads the kubeconfig once; client-node renews credentials that
 * come from files or plugins. Sends no request.
 *
 * @throws ClusterFailure `Invalid`, not retryable: the settings do not resolve to an API server.
 */
export const createKubeCluster = (
  name: string,
  settings: ClusterSettings,
  { proxies = {}, ...options }: KubeClusterOptions,
): KubeCluster => {
  const kubeConfig = new PooledKubeConfig();
  loadKubeConfig(name, settings, kubeConfig);
  useProxy(kubeConfig, proxies);
  const credentials = takeExecCredentials(kubeConfig);
  const client = { cluster: name, kubeConfig, ...(credentials === undefined ? {} : { credentials }), ...options };
  return new KubeCluster(client, options.follow, settings.kind === 'inCluster');
};

/** `Cluster` over the Kubernetes API; the port documents each call. */
export class KubeCluster implements Cluster {
  readonly name: string;
  readonly inCluster: boolean;
  readonly #options: ApiClientOptions;
  readonly #followSettings: FollowSettings;
  readonly #client: ApiClient;
  readonly #resources: ResourceClients;
  readonly #workloads: WorkloadReader;
  readonly #nodeObjects: NodeObjectReader;
  readonly #uid: RecentUid;

  constructor(options: ApiClientOptions, followSettings: FollowSettings = FOLLOW_SETTINGS, inCluster = false) {
    this.name = options.cluster;
    this.inCluster = inCluster;
    this.#options = options;
    this.#followSettings = followSettings;
    this.#client = new ApiClient(options);
    this.#resources = createResourceClients(this.#client);
    this.#workloads = new WorkloadReader(this.#client);
    this.#nodeObjects = new NodeObjectReader(this.#client);
    const { kubeConfig } = options;
    this.#uid = new RecentUid(
      () => this.#readUid(),
      kubeConfig instanceof PooledKubeConfig ? kubeConfig.servers : new KnownServers(),
    );
  }

  async readIdentity({ maxAgeSeconds }: { readonly maxAgeSeconds?: number } = {}): Promise<ClusterIdentity> {
    const kubeSystemUid = await this.#uid.read(maxAgeSeconds);
    try {
      return { kubeSystemUid, caHashes: await readCaHashes(this.#options.kubeConfig) };
    } catch {
      throw toCredentialFailure(this.#client.toQuestion(READ_KUBE_SYSTEM));
    }
  }

  async #readUid(): Promise<string> {
    return (await this.#client.request<Wire<V1Namespace>>(READ_KUBE_SYSTEM)).metadata?.uid ?? '';
  }

  async readAddress(): Promise<ClusterAddress> {
    const { kubeConfig } = this.#options;
    const server = kubeConfig.getCurrentCluster()?.server ?? '';
    const context = this.inCluster ? undefined : kubeConfig.getCurrentContext();
    return toClusterAddress({ context, server, version: await this.#readVersion() });
  }

  /** Every authenticated identity may read it (ClusterRole `system:public-info-viewer`), unless an administrator removed that. */
  async #readVersion(): Promise<unknown> {
    const call = { method: 'GET', path: '/version', purpose: 'read the version of the API server' } as const;
    try {
      return (await this.#client.request<{ readonly gitVersion?: unknown } | null>(call))?.gitVersion;
    } catch {
      return undefined; // Only shown: no reason to fail.
    }
  }

  async readSnapshot(): Promise<ClusterSnapshot> {
    return await readSnapshot(this.#client);
  }

  async readNode(nodeName: string): Promise<NodeFacts | undefined> {
    return await this.#resources.nodes.read({ name: nodeName });
  }

  async readNodes({ selector }: { readonly selector?: string } = {}): Promise<readonly NodeFacts[]> {
    return await this.#resources.nodes.list(selector === undefined ? {} : { labelSelector: selector });
  }

  async patchNode(target: ObjectVersion, change: NodeChange): Promise<NodeFacts> {
    return await this.#resources.nodes.patch({ name: target.name }, target, toNodePatch(change));
  }

  async deleteNode(
    target: { readonly name: string; readonly uid: string },
    options: { readonly dryRun: boolean },
  ): Promise<DeletionAnswer> {
    const { name, uid } = target;
    return await this.#resources.nodes.delete({ name }, { uid }, options.dryRun ? { dryRun: ['All'] } : {});
  }

  async readNodeObjects(nodeName: string): Promise<NodeObjects> {
    return await this.#nodeObjects.read(nodeName);
  }

  async readPods(scope: PodScope): Promise<readonly PodFacts[]> {
    return await this.#resources.pods.list(toListScope(scope));
  }

  async readPod(namespace: string, name: string): Promise<PodFacts | undefined> {
    return await this.#resources.pods.read({ namespace, name });
  }

  async evictPod(pod: PodRef, gracePeriodSeconds?: number): Promise<EvictionAnswer> {
    return await this.#sendEviction(pod, 'evict', toEvictionBody(pod, gracePeriodSeconds));
  }

  async deletePod({ namespace, name, uid }: PodRef): Promise<DeletionAnswer> {
    return await this.#resources.pods.delete({ namespace, name }, { uid });
  }

  async tryEviction(pod: PodRef): Promise<EvictionAnswer> {
    return await this.#sendEviction(pod, 'try to evict', toEvictionBody(pod, undefined, true));
  }

  async #sendEviction(pod: PodRef, verb: string, body: object): Promise<EvictionAnswer> {
    const path = this.#resources.pods.toPath(pod.namespace, pod.name, 'eviction');
    const call = { method: 'POST', path, purpose: `${verb} pod "${pod.namespace}/${pod.name}"`, body } as const;
    try {
      return toEvictionAnswer(await this.#client.send(call));
    } catch (error) {
      return { kind: 'unknown', message: toConnectionFailure(error, this.#client.toQuestion(call)).message };
    }
  }

  async readServices(): Promise<readonly ServiceFacts[] | undefined> {
    try {
      return await this.#resources.services.list();
    } catch (error) {
      if (isClusterFailure(error, 'Forbidden')) return undefined;
      throw error;
    }
  }

  async annotatePod(
    target: ObjectVersion & { readonly namespace: string },
    change: AnnotationChange,
  ): Promise<PodFacts> {
    return await this.#resources.pods.patch(target, target, { metadata: { annotations: change } });
  }

  async readDeployment(namespace: string, name: string): Promise<DeploymentFacts | undefined> {
    return await this.#resources.deployments.read({ namespace, name });
  }

  async readDeployments({ label }: { readonly label: string }): Promise<readonly DeploymentFacts[]> {
    return await this.#resources.deployments.list({ labelSelector: label });
  }

  async patchDeployment(
    target: ObjectVersion & { readonly namespace: string },
    change: DeploymentChange,
  ): Promise<DeploymentFacts> {
    return await this.#resources.deployments.patch(target, target, toDeploymentPatch(change));
  }

  async readAutoscalers(namespace: string): Promise<readonly AutoscalerFacts[]> {
    return await this.#resources.autoscalers.list({ namespace });
  }

  async readEndpoints(namespace: string): Promise<readonly EndpointFacts[]> {
    return (await this.#resources.endpointSlices.list({ namespace })).flat();
  }

  async readWorkload(namespace: string, owner: OwnerReference): Promise<WorkloadFacts | undefined> {
    return await this.#workloads.readWorkload(namespace, owner);
  }

  async readBudgets(namespace?: string): Promise<readonly DisruptionBudgetFacts[]> {
    return await this.#resources.budgets.list(namespace === undefined ? {} : { namespace });
  }

  async readBudget(namespace: string, name: string): Promise<DisruptionBudgetFacts | undefined> {
    return await this.#resources.budgets.read({ namespace, name });
  }

  async createBudget(budget: NewDisruptionBudget): Promise<DisruptionBudgetFacts> {
    return await this.#resources.budgets.create(budget, toBudgetBody(budget));
  }

  async tryBudget(budget: NewDisruptionBudget): Promise<CreationAnswer> {
    const { namespace, name } = budget;
    const path = this.#resources.budgets.toPath(namespace);
    const purpose = `try to create disruption budget "${namespace}/${name}"`;
    return await tryCreation(this.#client, { path, purpose }, (create) => create(toBudgetBody(budget)));
  }

  async tryReplacement(replacement: Replacement): Promise<CreationAnswer> {
    return await tryReplacement(this.#client, replacement);
  }

  async annotateBudget(
    target: ObjectVersion & { readonly namespace: string },
    change: AnnotationChange,
  ): Promise<DisruptionBudgetFacts> {
    return await this.#resources.budgets.patch(target, target, { metadata: { annotations: change } });
  }

  async deleteBudget(target: ObjectVersion & { readonly namespace: string }): Promise<DeletionAnswer> {
    const { uid, resourceVersion } = target;
    return await this.#resources.budgets.delete(target, { uid, resourceVersion });
  }

  async readVolumeClaims(namespace: string): Promise<readonly VolumeClaimFacts[]> {
    return await this.#resources.volumeClaims.list({ namespace });
  }

  async readVolumes(): Promise<readonly VolumeFacts[]> {
    return await this.#resources.volumes.list();
  }

  async readVolumeAttachments(): Promise<readonly VolumeAttachmentFacts[]> {
    return await this.#resources.volumeAttachments.list();
  }

  async readMissingRights(rights: readonly AccessRight[]): Promise<readonly AccessRight[]> {
    return await readMissingRights(this.#client, rights);
  }

  followPods(scope: PodScope, listener: FollowListener<PodFacts>): Follower {
    return this.#resources.pods.follow(toListScope(scope), listener, this.#followSettings);
  }

  followBudgets(listener: FollowListener<DisruptionBudgetFacts>): Follower {
    return this.#resources.budgets.follow({}, listener, this.#followSettings);
  }

  followCordonedNodes(listener: FollowListener<NodeFacts>): Follower {
    return this.#resources.nodes.follow({ fieldSelector: 'spec.unschedulable=true' }, listener, this.#followSettings);
  }

  followNode(nodeName: string, listener: FollowListener<NodeFacts>): Follower {
    return this.#resources.nodes.follow({ fieldSelector: `metadata.name=${nodeName}` }, listener, this.#followSettings);
  }

  followVolumeAttachments(listener: FollowListener<VolumeAttachmentFacts>): Follower {
    return this.#resources.volumeAttachments.follow({}, listener, this.#followSettings);
  }
}

const toListScope = ({ namespace, nodeName, selector }: PodScope): ListScope => ({
  ...(namespace === undefined ? {} : { namespace }),
  ...(nodeName === undefined ? {} : { fieldSelector: `spec.nodeName=${nodeName}` }),
  ...(selector === undefined ? {} : { labelSelector: toSelectorText(selector) }),
});
