import type {
  AutoscalerFacts,
  DeploymentFacts,
  DisruptionBudgetFacts,
  WorkloadFacts,
} from '../../src/domain/cluster/facts.ts';
import type { ClusterSnapshot } from '../../src/ports/cluster.ts';

/** What is in a cluster in memory at first. */
export interface FakeClusterFacts extends Pick<
  ClusterSnapshot,
  'nodes' | 'pods' | 'claims' | 'volumes' | 'attachments'
> {
  readonly budgets: readonly DisruptionBudgetFacts[];
  readonly workloads: readonly WorkloadFacts[];
  readonly deployments: readonly DeploymentFacts[];
  readonly autoscalers: readonly AutoscalerFacts[];
}

export const NO_FACTS: FakeClusterFacts = {
  ...{ nodes: [], pods: [], budgets: [], workloads: [], claims: [], volumes: [], attachments: [] },
  ...{ deployments: [], autoscalers: [] },
};
