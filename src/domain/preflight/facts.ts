import type { DecommissionRequest } from '../request/decommission-request.ts';
import type {
  AccessRight,
  ClusterAddress,
  ClusterIdentity,
  DisruptionBudgetFacts,
  NodeFacts,
  PodFacts,
  VolumeClaimFacts,
  VolumeFacts,
} from '../cluster/facts.ts';
import type { HostFindingCode } from '../host/check-failures.ts';
import type { WorkloadIndex } from '../cluster/workload-index.ts';

/** Who holds a node, and what the Temporal that the lock names says of its workflow. */
export type NodeLockState =
  | { readonly kind: 'free' }
  | { readonly kind: 'ours' }
  | {
      readonly kind: 'foreign';
      /** For people, e.g. `task night-7 (workflow decommission/…)`. */
      readonly holder: string;
      /** `closed`: the lock may be taken over. `unknown`: that Temporal could not be asked. */
      readonly takeover: 'closed' | 'open' | 'unknown';
    };

/** What the host of a node showed before anything was changed. */
export type HostCheck =
  | {
      readonly ok: true;
      /** For people, e.g. `machine ID, system UUID`. */
      readonly provenBy: string;
    }
  | {
      readonly ok: false;
      readonly code: HostFindingCode;
      /** One or more sentences. */
      readonly message: string;
    };

export type NodeDeletionDryRun = { readonly ok: true } | { readonly ok: false; readonly message: string };

/** Everything that preflight judges, read at about one time. */
export interface PreflightFacts {
  readonly request: DecommissionRequest;
  readonly clusterIdentity: ClusterIdentity;
  /** For the reader of the plan. */
  readonly clusterAddress?: ClusterAddress;
  /** All nodes of the cluster. */
  readonly nodes: readonly NodeFacts[];
  /** All pods of the cluster. */
  readonly pods: readonly PodFacts[];
  /** Has the owners of the pods on the named nodes, and of the pods that their workloads select (see `planBudgets`). */
  readonly workloads: WorkloadIndex;
  /** Of all namespaces. */
  readonly budgets: readonly DisruptionBudgetFacts[];
  /** Of the namespaces of the pods on the named nodes. */
  readonly claims: readonly VolumeClaimFacts[];
  readonly volumes: readonly VolumeFacts[];
  /** By node name; a missing one counts as free. */
  readonly locks: Readonly<Record<string, NodeLockState>>;
  readonly missingRights: readonly AccessRight[];
  /** By node name; a missing one was not tried. */
  readonly nodeDeletionDryRuns: Readonly<Record<string, NodeDeletionDryRun>>;
  /** By node name; a missing one was not looked at. */
  readonly hosts: Readonly<Record<string, HostCheck>>;
  /** Pods of this program's own workers and of its Temporal. */
  readonly ownPods: readonly { readonly namespace: string; readonly name: string }[];
  /** Our own worker is a pod of this cluster and does not know its name; absent: no. */
  readonly isOwnPodUnknown?: boolean;
  /** For people: what could not be checked, e.g. `the rights to write`. */
  readonly notChecked: readonly string[];
}
