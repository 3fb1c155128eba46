import type {
  AutoscalerFacts,
  DeploymentFacts,
  DisruptionBudgetFacts,
  NodeFacts,
  PodFacts,
  VolumeAttachmentFacts,
  VolumeClaimFacts,
  VolumeFacts,
  WorkloadFacts,
} from '../../src/domain/cluster/facts.ts';

/** What is in a cluster in memory at first. */
export interface FakeClusterFacts {
  readonly nodes: readonly NodeFacts[];
  readonly pods: readonly PodFacts[];
  readonly budgets: readonly DisruptionBudgetFacts[];
  readonly workloads: readonly WorkloadFacts[];
  readonly claims: readonly VolumeClaimFacts[];
  readonly volumes: readonly VolumeFacts[];
  readonly attachments: readonly VolumeAttachmentFacts[];
  readonly deployments: readonly DeploymentFacts[];
  readonly autoscalers: readonly AutoscalerFacts[];
}

export const NO_FACTS: FakeClusterFacts = {
  ...{ nodes: [], pods: [], budgets: [], workloads: [], claims: [], volumes: [], attachments: [] },
  ...{ deployments: [], autoscalers: [] },
};
