import type { DecommissionRequest } from '../request/decommission-request.ts';
import type {
  AccessRight,
  AutoscalerFacts,
  ClusterAddress,
  ClusterIdentity,
  DeploymentFacts,
  DisruptionBudgetFacts,
  NodeFacts,
  PodFacts,
  VolumeAttachmentFacts,
  VolumeClaimFacts,
  VolumeFacts,
} from '../cluster/facts.ts';
import type { HostLayout } from '../host/preview.ts';
import type { HostFindingCode } from '../host/check-failures.ts';
import type { BudgetTrial, ReplacementTrial } from './creation-trial.ts';
import type { JudgedPlacements } from '../scheduling/judged-placement.ts';
import type { ServiceFacts } from '../cluster/service.ts';
import type { TemporalServer } from '../run/temporal-server.ts';
import type { WorkloadIndex } from '../cluster/workload-index.ts';

/** Who holds the lock of a node, and the state of that workflow in the Temporal cluster that the lock names. */
export type NodeLockState =
  | { readonly kind: 'free' }
  | { readonly kind: 'ours' }
  /** An earlier run of the same task has left it; the node's own workflow still runs, and this run waits for it. */
  | { readonly kind: 'adopted' }
  | {
      readonly kind: 'foreign';
      /** For messages, e.g. `task night-7 (workflow decommission/…)`. */
      readonly holder: string;
      /** `closed`: the lock may be taken over. `unknown`: that Temporal cluster could not be queried. */
      readonly takeover: 'closed' | 'open' | 'unknown';
    };

/** The result of checking the host of a node before any change. */
export type HostCheck =
  | {
      readonly ok: true;
      /** For messages, e.g. `machine ID, system UUID`. */
      readonly provenBy: string;
      readonly layout: HostLayout;
    }
  | {
      readonly ok: false;
      readonly code: HostFindingCode;
      /** One or more sentences. */
      readonly message: string;
    };

export type NodeDeletionDryRun = { readonly ok: true } | { readonly ok: false; readonly message: string };

/** What decides whether single replicas can be replaced before they are removed. */
export interface SurgeFacts {
  /** By UID: those that own the pods on the requested nodes and have one replica. */
  readonly deployments: Readonly<Record<string, DeploymentFacts>>;
  /** Of their namespaces; absent: they may not be read. */
  readonly autoscalers?: readonly AutoscalerFacts[];
}

/** Everything that preflight evaluates, read at about the same time. */
export interface PreflightFacts {
  readonly request: DecommissionRequest;
  /** Other nodes that are being drained: their pods need places too, and get them first. They have no findings. Absent: none. */
  readonly drainingNodeNames?: readonly string[];
  readonly clusterIdentity: ClusterIdentity;
  /** For the reader of the plan. */
  readonly clusterAddress?: ClusterAddress;
  /** All nodes of the cluster. */
  readonly nodes: readonly NodeFacts[];
  /** All pods of the cluster. */
  readonly pods: readonly PodFacts[];
  /** Contains the owners of the pods on the requested nodes, and of the pods that their workloads select (see `planBudgets`). */
  readonly workloads: WorkloadIndex;
  /** Of all namespaces. */
  readonly budgets: readonly DisruptionBudgetFacts[];
  /** At least of the namespaces of the pods on the requested nodes. */
  readonly claims: readonly VolumeClaimFacts[];
  readonly volumes: readonly VolumeFacts[];
  /** Of all nodes. */
  readonly attachments: readonly VolumeAttachmentFacts[];
  /** Where the pods that leave the requested nodes would run; `NO_PLACEMENTS` when preflight is `skip`. */
  readonly placements: JudgedPlacements;
  /** Under `singleReplica: surge`; else absent. */
  readonly surge?: SurgeFacts;
  /** By node name; a missing one counts as free. */
  readonly locks: Readonly<Record<string, NodeLockState>>;
  readonly missingRights: readonly AccessRight[];
  /** By node name; a missing one was not tried. */
  readonly nodeDeletionDryRuns: Readonly<Record<string, NodeDeletionDryRun>>;
  /** One of each workload that moves; a missing one was not tried. */
  readonly replacementTrials: readonly ReplacementTrial[];
  /** Of the budgets that the run would create; a missing one was not tried. */
  readonly budgetTrials: readonly BudgetTrial[];
  /** By node name; a missing one was not checked. */
  readonly hosts: Readonly<Record<string, HostCheck>>;
  /** Of all namespaces; absent: they were not read. */
  readonly services?: readonly ServiceFacts[];
  /** The server that this worker uses; absent: unknown, or there is no worker. */
  readonly temporal?: TemporalServer;
  /** Pods of this program's own workers. */
  readonly ownPods: readonly { readonly namespace: string; readonly name: string }[];
  /** The worker is a pod of this cluster and its name is not configured; absent: no. */
  readonly isOwnPodUnknown?: boolean;
  /** For messages: what could not be checked, e.g. `the permissions to write`. */
  readonly notChecked: readonly string[];
}
