import type { KubernetesObject } from '../../../stack/cluster-fixtures/kubernetes-object.ts';
import type { NodeFixture } from '../../../stack/cluster-fixtures/node.ts';
import type { PodShape } from '../../../stack/cluster-fixtures/pod-template.ts';
import { replicaSet } from '../../../stack/cluster-fixtures/workloads.ts';
import type { FindingCode, Placement } from '../../../src/domain/plan/decommission-plan.ts';

/** A few nodes and pods of a public report, what the plan has to state, and what the running scheduler does. */
export interface SmallCase {
  /** Of its namespace and its nodes, which other cases do not use. */
  readonly name: string;
  readonly nodes: readonly CaseNode[];
  readonly objects?: readonly KubernetesObject[];
  readonly workloads: readonly KubernetesObject[];
  /** The nodes to remove. */
  readonly removed: readonly string[];
  /** Default true. */
  readonly deleteNode?: boolean;
  /** Removed from the node once every pod has a node. */
  readonly lostLabel?: { readonly nodeName: string; readonly key: string };
  readonly planned: PlannedOutcome;
  readonly observed: ObservedOutcome;
}

export interface CaseNode extends NodeFixture {
  /** Accepts pods only after the pods of the case have a node: it is empty when the plan is made. */
  readonly opensLater?: true;
}

export interface PlannedOutcome {
  /** Of the pods that leave, sorted. */
  readonly verdicts: readonly Placement['verdict'][];
  /** Refusals and warnings: code and a part of the message. */
  readonly findings: readonly (readonly [FindingCode, string])[];
}

/** Numbers of pods. */
export interface ObservedOutcome {
  readonly pendingWhileCordoned: number;
  /** Absent: the same. */
  readonly pendingAtEnd?: number;
  /** On nodes that were removed, after their eviction and before the Nodes are deleted; default 0. */
  readonly cameBack?: number;
  /** Workloads of the pods that are pending while the nodes are cordoned; absent: any. */
  readonly pendingWorkloads?: readonly string[];
}

const CASE_LABEL = 'example.com/case';

/** Node `<case>-<number>`: no pod of another case selects it. */
export const caseNode = (caseName: string, number: number, fixture: Omit<CaseNode, 'name'> = {}): CaseNode => ({
  ...fixture,
  name: `${caseName}-${number}`,
  labels: { [CASE_LABEL]: caseName, ...fixture.labels },
});

export interface CaseWorkload {
  readonly caseName: string;
  readonly name: string;
  readonly replicas?: number;
  readonly pod?: PodShape;
  /** Fields of the pod's specification that `PodShape` does not have. */
  readonly podSpec?: Readonly<Record<string, unknown>>;
}

/** A ReplicaSet whose pods run on the nodes of the case only. */
export const caseWorkload = ({ caseName, name, replicas = 1, pod, podSpec }: CaseWorkload): KubernetesObject => {
  const workload = replicaSet({
    namespace: caseName,
    name,
    replicas,
    pod: { nodeSelector: { [CASE_LABEL]: caseName }, ...pod },
  });
  const { template } = workload.spec as { readonly template: { readonly spec: object } };
  Object.assign(template.spec, podSpec);
  return workload;
};

export const HOSTNAME = 'kubernetes.io/hostname';

/** A hard rule about pods with this `app` label on the same or on another node. */
export const toPodRule = (kind: 'podAffinity' | 'podAntiAffinity', app: string, topologyKey = HOSTNAME): object => ({
  [kind]: {
    requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey, labelSelector: { matchLabels: { app } } }],
  },
});

/** A wish that the scheduler may leave unfulfilled: the node with this value of the label. */
export const preferNode = (value: string, key = HOSTNAME): object => ({
  nodeAffinity: {
    preferredDuringSchedulingIgnoredDuringExecution: [
      { weight: 100, preference: { matchExpressions: [{ key, operator: 'In', values: [value] }] } },
    ],
  },
});
