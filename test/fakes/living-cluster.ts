import { coveringBudgets } from '../../src/domain/budgets/covering.ts';
import { DELETION_COST_ANNOTATION } from '../../src/domain/cluster/annotations.ts';
import type {
  DeploymentFacts,
  DisruptionBudgetFacts,
  NodeFacts,
  PodFacts,
  PodRef,
  VolumeAttachmentFacts,
} from '../../src/domain/cluster/facts.ts';
import { matchesLabelSelector } from '../../src/domain/cluster/label-selector.ts';
import type { DeploymentChange } from '../../src/domain/surge/plan-surge-release.ts';
import type {
  DeletionAnswer,
  EvictionAnswer,
  Follower,
  FollowListener,
  ObjectVersion,
  PodScope,
} from '../../src/ports/cluster.ts';
import { FakeCluster } from './fake-cluster.ts';
import type { FakeClusterFacts } from './fake-cluster-facts.ts';
import { toPodFilter } from './pod-filter.ts';

const GRACE_MILLISECONDS = 5;

/** A cluster in memory whose watches, kubelets and controllers work: a pod that is removed ends, and its successor starts on `spareName`. */
export class LivingCluster extends FakeCluster {
  readonly #spareName: string;
  #startedCount = 0;

  constructor(facts: Partial<FakeClusterFacts>, spareName: string) {
    super(facts);
    this.#spareName = spareName;
  }

  override async evictPod(ref: PodRef, gracePeriodSeconds?: number): Promise<EvictionAnswer> {
    const answer = await super.evictPod(ref, gracePeriodSeconds);
    if (answer.kind === 'accepted') {
      // Until watches show the pod in its budget's status, it counts as spent.
      for (const budget of this.budgets.all) if (budget.disruptedPods.includes(ref.name)) this.budgets.change(budget);
      this.#endSoon(ref);
    }
    return answer;
  }

  override async deletePod(ref: PodRef): Promise<DeletionAnswer> {
    const answer = await super.deletePod(ref);
    if (answer === 'accepted') this.#endSoon(ref);
    return answer;
  }

  override async patchDeployment(
    target: ObjectVersion & { namespace: string },
    change: DeploymentChange,
  ): Promise<DeploymentFacts> {
    const deployment = await super.patchDeployment(target, change);
    if (change.replicas !== undefined) this.#scaleSoon(deployment);
    return deployment;
  }

  /** From one replica to two, or back. */
  #scaleSoon({ name, namespace }: DeploymentFacts): void {
    setTimeout(() => {
      const deployment = this.deployments.find(name, namespace);
      if (deployment?.selector === undefined) return;
      const { selector, replicas, generation } = deployment;
      const pods = this.pods.all
        .filter((pod) => pod.deletionTimestamp === undefined && matchesLabelSelector(pod.labels, selector))
        .toSorted((one, other) => toDeletionCost(one) - toDeletionCost(other));
      const [cheapest] = pods;
      if (cheapest === undefined) return;
      if (pods.length < replicas) this.#startSuccessor(cheapest);
      if (pods.length > replicas) this.pods.remove(cheapest);
      const counts = { podCount: replicas, updatedCount: replicas, readyCount: replicas, availableCount: replicas };
      this.deployments.store({ ...deployment, ...counts, observedGeneration: generation });
    }, GRACE_MILLISECONDS);
  }

  override followPods(scope: PodScope, listener: FollowListener<PodFacts>): Follower {
    const follower = super.followPods(scope, listener);
    listener.onSync(this.pods.all.filter(toPodFilter(scope)));
    return follower;
  }

  override followBudgets(listener: FollowListener<DisruptionBudgetFacts>): Follower {
    const follower = super.followBudgets(listener);
    listener.onSync(this.budgets.all);
    return follower;
  }

  override followNode(nodeName: string, listener: FollowListener<NodeFacts>): Follower {
    const follower = super.followNode(nodeName, listener);
    listener.onSync(this.nodes.all.filter(({ name }) => name === nodeName));
    return follower;
  }

  override followVolumeAttachments(listener: FollowListener<VolumeAttachmentFacts>): Follower {
    const follower = super.followVolumeAttachments(listener);
    listener.onSync(this.attachments.all);
    return follower;
  }

  #endSoon({ name, namespace }: PodRef): void {
    setTimeout(() => {
      const pod = this.pods.find(name, namespace);
      if (pod?.deletionTimestamp === undefined) return;
      this.pods.remove(pod);
      this.#startSuccessor(pod);
    }, GRACE_MILLISECONDS);
  }

  #startSuccessor({ deletionTimestamp: _ended, ...pod }: PodFacts): void {
    this.#startedCount += 1;
    const name = `${pod.name}-${this.#startedCount}`;
    this.pods.change({ ...pod, name, uid: `uid-${name}`, nodeName: this.#spareName, annotations: {} });
    for (const budget of coveringBudgets(pod, this.budgets.all)) this.#allowAgain(budget, pod.name);
  }

  #allowAgain(budget: DisruptionBudgetFacts, podName: string): void {
    if (!budget.disruptedPods.includes(podName)) return;
    this.budgets.change({
      ...budget,
      disruptionsAllowed: budget.disruptionsAllowed + 1,
      disruptedPods: budget.disruptedPods.filter((name) => name !== podName),
    });
  }
}

const toDeletionCost = ({ annotations }: PodFacts): number => Number(annotations[DELETION_COST_ANNOTATION] ?? 0);
