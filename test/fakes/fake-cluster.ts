import { coveringBudgets } from '../../src/domain/budgets/covering.ts';
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
} from '../../src/domain/cluster/facts.ts';
import { toRightText } from '../../src/domain/cluster/rights.ts';
import type { ServiceFacts } from '../../src/domain/cluster/service.ts';
import type { AnnotationChange } from '../../src/domain/cluster/annotations.ts';
import type { CreationAnswer, Replacement } from '../../src/domain/preflight/creation-trial.ts';
import type { NodeChange } from '../../src/domain/node/node-change.ts';
import type { NodeObjects } from '../../src/domain/node/node-objects.ts';
import type { DeploymentChange } from '../../src/domain/surge/plan-surge-release.ts';
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
} from '../../src/ports/cluster.ts';
import { ClusterFailure } from '../../src/ports/cluster-failure.ts';
import { clusterSnapshot } from '../builders/cluster-snapshot.ts';
import { clusterAddress } from '../builders/cluster-address.ts';
import { annotate } from './annotate.ts';
import { NO_FACTS, type FakeClusterFacts } from './fake-cluster-facts.ts';
import { conflict, FakeCollection } from './fake-collection.ts';
import { toPodFilter } from './pod-filter.ts';
import { ScriptedCalls } from './scripted-calls.ts';
import { toStored, type StoredAttachment } from './stored-attachment.ts';

/** The calls that a test can script and count. */
export type ClusterCall = Exclude<keyof Cluster, 'name' | 'inCluster' | `follow${string}`>;
type ClusterAnswers = { [Call in ClusterCall]: Awaited<ReturnType<Cluster[Call]>> };

export const CLUSTER_IDENTITY: ClusterIdentity = { kubeSystemUid: 'uid-kube-system', caHashes: ['ca'] };

/** End of the grace period of an evicted pod. */
export const GRACE_END = '2026-01-02T00:00:30.000Z';

/**
 * One cluster in memory. Reads, writes and evictions behave as on an API server, preconditions and budgets included; the test acts as
 * controllers, kubelets and watches. Every call is recorded and can be scripted.
 */
export class FakeCluster extends ScriptedCalls<ClusterAnswers> implements Cluster {
  readonly name = 'default';
  inCluster = false;
  readonly nodes: FakeCollection<NodeFacts>;
  readonly pods: FakeCollection<PodFacts>;
  readonly budgets: FakeCollection<DisruptionBudgetFacts>;
  readonly attachments: FakeCollection<StoredAttachment>;
  readonly deployments: FakeCollection<DeploymentFacts>;
  endpoints: readonly EndpointFacts[] = [];
  identity = CLUSTER_IDENTITY;
  missingRights: readonly AccessRight[] = [];
  workloads: readonly WorkloadFacts[];
  /** Kinds of workloads without read rights. */
  forbidden: readonly string[] = [];
  forbiddenKinds: readonly string[] = [];
  /** Undefined: may not be listed. */
  services: readonly ServiceFacts[] | undefined = [];
  nodeObjects: NodeObjects = { objects: [], unread: [] };
  /** Whether the disruption controller processes a new budget at once. */
  observesBudgets = true;
  readonly #facts: FakeClusterFacts;
  #createdCount = 0;

  constructor(facts: Partial<FakeClusterFacts> = {}) {
    super();
    this.#facts = { ...NO_FACTS, ...facts };
    this.deployments = new FakeCollection(this.#facts.deployments);
    this.nodes = new FakeCollection(this.#facts.nodes);
    this.pods = new FakeCollection(this.#facts.pods);
    this.budgets = new FakeCollection(this.#facts.budgets);
    this.workloads = this.#facts.workloads;
    this.attachments = new FakeCollection(this.#facts.attachments.map(toStored));
  }

  /** Names of the pods for which an eviction was sent, in that order. */
  get evictedNames(): readonly string[] {
    return this.argsOf('evictPod').map(([pod]) => (pod as PodRef).name);
  }

  get followerCount(): number {
    const followed = [this.nodes, this.pods, this.budgets, this.attachments];
    return followed.reduce((count, { followerCount }) => count + followerCount, 0);
  }

  /** Remembers nothing: each call reads. */
  readIdentity(scope?: { readonly maxAgeSeconds: number }): Promise<ClusterIdentity> {
    return this.run('readIdentity', scope === undefined ? [] : [scope], () => this.identity);
  }

  readAddress(): Promise<ClusterAddress> {
    return this.run('readAddress', [], () => clusterAddress());
  }

  readSnapshot(): Promise<ClusterSnapshot> {
    return this.run('readSnapshot', [], () => {
      const listed = { nodes: this.nodes.all, pods: this.pods.all, attachments: this.attachments.all };
      return clusterSnapshot({ ...this.#facts, ...listed }, this.forbiddenKinds);
    });
  }

  readNode(nodeName: string): Promise<NodeFacts | undefined> {
    return this.run('readNode', [nodeName], () => this.nodes.find(nodeName));
  }

  readNodes(): Promise<readonly NodeFacts[]> {
    return this.run('readNodes', [], () => this.nodes.all);
  }

  patchNode(target: ObjectVersion, change: NodeChange): Promise<NodeFacts> {
    return this.run('patchNode', [target, change], () =>
      this.nodes.write(target, (node) => ({
        ...node,
        unschedulable: change.unschedulable ?? node.unschedulable,
        annotations: annotate(node.annotations, change.annotations ?? {}),
        labels: annotate(node.labels, change.labels ?? {}),
        taints: change.taints ?? node.taints,
      })),
    );
  }

  deleteNode(target: { name: string; uid: string }, options: { dryRun: boolean }): Promise<DeletionAnswer> {
    return this.run('deleteNode', [target, options], () => {
      const node = this.nodes.find(target.name);
      if (node?.uid !== target.uid) return node ? 'otherUid' : 'gone';
      if (options.dryRun) return 'accepted';
      if (node.finalizers.length > 0) this.nodes.store({ ...node, deleting: true });
      else this.nodes.drop(node.name);
      return 'accepted';
    });
  }

  readNodeObjects(nodeName: string): Promise<NodeObjects> {
    return this.run('readNodeObjects', [nodeName], () => this.nodeObjects);
  }

  readPods(scope: PodScope): Promise<readonly PodFacts[]> {
    return this.run('readPods', [scope], () => this.pods.all.filter(toPodFilter(scope)));
  }

  readPod(namespace: string, name: string): Promise<PodFacts | undefined> {
    return this.run('readPod', [namespace, name], () => this.pods.find(name, namespace));
  }

  deletePod(ref: PodRef): Promise<DeletionAnswer> {
    return this.run('deletePod', [ref], () => {
      const pod = this.pods.find(ref.name, ref.namespace);
      if (pod?.uid !== ref.uid) return pod ? 'otherUid' : 'gone';
      this.pods.store({ ...pod, deletionTimestamp: GRACE_END });
      return 'accepted';
    });
  }

  evictPod(ref: PodRef, gracePeriodSeconds?: number): Promise<EvictionAnswer> {
    return this.run('evictPod', [ref, gracePeriodSeconds], () => {
      const { answer, pod, budget } = this.#judgeEviction(ref);
      if (answer.kind !== 'accepted' || !pod) return answer;
      if (budget) {
        this.budgets.store({
          ...budget,
          disruptionsAllowed: budget.disruptionsAllowed - 1,
          disruptedPods: [...budget.disruptedPods, pod.name],
        });
      }
      this.pods.store({ ...pod, deletionTimestamp: GRACE_END });
      return answer;
    });
  }

  readServices(): Promise<readonly ServiceFacts[] | undefined> {
    return this.run('readServices', [], () => this.services);
  }

  #judgeEviction(ref: PodRef): { answer: EvictionAnswer; pod?: PodFacts; budget?: DisruptionBudgetFacts } {
    const pod = this.pods.find(ref.name, ref.namespace);
    if (pod?.uid !== ref.uid) return { answer: { kind: pod ? 'otherUid' : 'gone' } };
    const [budget, ...others] = coveringBudgets(pod, this.budgets.all);
    if (others.length > 0) return { answer: { kind: 'multipleBudgets', message: 'more than one' } };
    if (budget?.disruptionsAllowed === 0)
      return { answer: { kind: 'blockedByBudget', message: 'it would violate the budget' } };
    return { answer: { kind: 'accepted' }, pod, ...(budget ? { budget } : {}) };
  }

  tryEviction(ref: PodRef): Promise<EvictionAnswer> {
    return this.run('tryEviction', [ref], () => this.#judgeEviction(ref).answer);
  }

  annotatePod(target: ObjectVersion & { namespace: string }, change: AnnotationChange): Promise<PodFacts> {
    return this.run('annotatePod', [target, change], () =>
      this.pods.write(target, (pod) => ({ ...pod, annotations: annotate(pod.annotations, change) })),
    );
  }

  readDeployment(namespace: string, name: string): Promise<DeploymentFacts | undefined> {
    return this.run('readDeployment', [namespace, name], () => this.deployments.find(name, namespace));
  }

  readDeployments(scope: { label: string }): Promise<readonly DeploymentFacts[]> {
    return this.run('readDeployments', [scope], () =>
      this.deployments.all.filter(({ labels }) => scope.label in labels),
    );
  }

  patchDeployment(target: ObjectVersion & { namespace: string }, change: DeploymentChange): Promise<DeploymentFacts> {
    return this.run('patchDeployment', [target, change], () =>
      this.deployments.write(target, (deployment) => ({
        ...deployment,
        replicas: change.replicas ?? deployment.replicas,
        generation: deployment.generation + (change.replicas === undefined ? 0 : 1),
        labels: annotate(deployment.labels, change.labels),
      })),
    );
  }

  readAutoscalers(namespace: string): Promise<readonly AutoscalerFacts[]> {
    return this.run('readAutoscalers', [namespace], () => this.#facts.autoscalers);
  }

  readEndpoints(namespace: string): Promise<readonly EndpointFacts[]> {
    return this.run('readEndpoints', [namespace], () => this.endpoints);
  }

  readWorkload(namespace: string, owner: OwnerReference): Promise<WorkloadFacts | undefined> {
    return this.run('readWorkload', [namespace, owner], () => {
      if (this.forbidden.includes(owner.kind))
        throw new ClusterFailure('Forbidden', `get ${owner.kind} is forbidden`, 403);
      return this.workloads.find((workload) => workload.namespace === namespace && workload.uid === owner.uid);
    });
  }

  readBudgets(namespace?: string): Promise<readonly DisruptionBudgetFacts[]> {
    return this.run('readBudgets', [namespace], () =>
      this.budgets.all.filter((budget) => namespace === undefined || budget.namespace === namespace),
    );
  }

  readBudget(namespace: string, name: string): Promise<DisruptionBudgetFacts | undefined> {
    return this.run('readBudget', [namespace, name], () => this.budgets.find(name, namespace));
  }

  createBudget(budget: NewDisruptionBudget): Promise<DisruptionBudgetFacts> {
    return this.run('createBudget', [budget], () => {
      if (this.budgets.find(budget.name, budget.namespace)) {
        throw new ClusterFailure('AlreadyExists', `${budget.name} is taken`, 409);
      }
      this.#createdCount += 1;
      return this.budgets.store({
        ...budget,
        uid: `uid-created-${this.#createdCount}`,
        resourceVersion: '',
        generation: 1,
        observedGeneration: this.observesBudgets ? 1 : 0,
        currentHealthy: 0,
        desiredHealthy: 0,
        expectedPods: 0,
        disruptionsAllowed: 1,
        disruptedPods: [],
        deleting: false,
      });
    });
  }

  tryBudget(budget: NewDisruptionBudget): Promise<CreationAnswer> {
    return this.run('tryBudget', [budget], () => ({ kind: 'admitted' }));
  }

  tryReplacement(replacement: Replacement): Promise<CreationAnswer> {
    return this.run('tryReplacement', [replacement], () => ({ kind: 'admitted' }));
  }

  annotateBudget(
    target: ObjectVersion & { namespace: string },
    change: AnnotationChange,
  ): Promise<DisruptionBudgetFacts> {
    return this.run('annotateBudget', [target, change], () =>
      this.budgets.write(target, (budget) => ({ ...budget, annotations: annotate(budget.annotations, change) })),
    );
  }

  deleteBudget(target: ObjectVersion & { namespace: string }): Promise<DeletionAnswer> {
    return this.run('deleteBudget', [target], () => {
      const budget = this.budgets.find(target.name, target.namespace);
      if (budget?.uid !== target.uid) return budget ? 'otherUid' : 'gone';
      if (budget.resourceVersion !== target.resourceVersion) throw conflict(target.name);
      this.budgets.drop(target.name, target.namespace);
      return 'accepted';
    });
  }

  readVolumeClaims(namespace: string): Promise<readonly VolumeClaimFacts[]> {
    return this.run('readVolumeClaims', [namespace], () =>
      this.#facts.claims.filter((claim) => claim.namespace === namespace),
    );
  }

  readVolumes(): Promise<readonly VolumeFacts[]> {
    return this.run('readVolumes', [], () => this.#facts.volumes);
  }

  readVolumeAttachments(): Promise<readonly VolumeAttachmentFacts[]> {
    return this.run('readVolumeAttachments', [], () => this.attachments.all);
  }

  readMissingRights(rights: readonly AccessRight[]): Promise<readonly AccessRight[]> {
    return this.run('readMissingRights', [rights], () => {
      const asked = rights.map(toRightText);
      return this.missingRights.filter((right) => asked.includes(toRightText(right)));
    });
  }

  followPods(scope: PodScope, listener: FollowListener<PodFacts>): Follower {
    return this.pods.follow(listener, toPodFilter(scope));
  }

  followBudgets(listener: FollowListener<DisruptionBudgetFacts>): Follower {
    return this.budgets.follow(listener);
  }

  followCordonedNodes(listener: FollowListener<NodeFacts>): Follower {
    return this.nodes.follow(listener, (node) => node.unschedulable);
  }

  followNode(nodeName: string, listener: FollowListener<NodeFacts>): Follower {
    return this.nodes.follow(listener, (node) => node.name === nodeName);
  }

  followVolumeAttachments(listener: FollowListener<VolumeAttachmentFacts>): Follower {
    return this.attachments.follow(listener);
  }
}
