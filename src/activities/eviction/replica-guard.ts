import { DecommissionFailure, FailureType } from '../../domain/run/failures.ts';
import type { DisruptionBudgetFacts, OwnerReference, PodFacts } from '../../domain/cluster/facts.ts';
import { areSeveralExpected } from '../../domain/eviction/expected-replicas.ts';
import { refuseSingleReplica } from '../../domain/eviction/single-replica.ts';
import type { Cluster } from '../../ports/cluster.ts';
import { readOwner } from '../support/read-workload-index.ts';

/** A read counts as fresh this long, for all nodes. It limits the GETs of a workload with many pods to one a second. */
const FRESH_SECONDS = 1;
/** For so long, the budget of a workload may show instead that it still wants several pods. */
const KNOWN_SECONDS = 300;

/** Checks for single replicas again directly before an eviction: a pod may wait for hours while an autoscaler scales from three to one. */
export class ReplicaGuard {
  readonly #cluster: Cluster;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /**
   * Returns when the replicas of `workload` allow the eviction of `pod`; a deleted workload always does. Reads only: nothing while one of
   * `budgets`, which are followed and cover the pod, shows that the workload wants several.
   *
   * @throws DecommissionFailure `ConsentMissing`, not retryable: the workload has only one desired replica.
   * @throws ClusterFailure
   */
  async judge(pod: PodFacts, workload: OwnerReference, budgets: readonly DisruptionBudgetFacts[]): Promise<void> {
    const next = { namespace: pod.namespace, owner: workload };
    const known = budgets.length === 0 ? null : await readOwner(this.#cluster, next, KNOWN_SECONDS);
    if (known !== null && (known.replicas ?? 0) > 1 && areSeveralExpected(budgets, known)) return;
    const found = await readOwner(this.#cluster, next, FRESH_SECONDS);
    const refusal = refuseSingleReplica(pod, found ?? undefined, 'block');
    if (refusal === undefined) return;
    throw new DecommissionFailure(
      FailureType.ConsentMissing,
      `pods on the node need consent that the request does not give: ${refusal}`,
    );
  }
}
