import type { KubernetesObject } from '../../../stack/cluster-fixtures/kubernetes-object.ts';
import { finishedPod, pod } from '../../../stack/cluster-fixtures/pods.ts';
import { daemonSet, job, replicaSet, replicationController } from '../../../stack/cluster-fixtures/workloads.ts';
import { boundRows } from '../../long-run.ts';

/** kubectl drain's flags as request keys; absent is false, as in kubectl. */
export interface DrainOptions {
  readonly force?: boolean;
  readonly ignoreDaemonSets?: boolean;
  readonly deleteEmptyDirData?: boolean;
  readonly gracePeriodSeconds?: number;
}

/** Namespace and node of a row's pods, used by no other row. */
export interface Place {
  readonly namespace: string;
  readonly nodeName: string;
}

export interface DrainRow {
  /** As in kubectl's own tests, `pkg/cmd/drain/drain_test.go`, in their order; rows that are not in them have a name. */
  readonly id: string;
  readonly title: string;
  readonly options: DrainOptions;
  readonly toObjects: (place: Place) => readonly KubernetesObject[];
  /** Pods on the node before the drain. */
  readonly podCount: number;
  readonly podPhase?: 'Succeeded' | 'Failed';
  /** True: all of them are removed, and the node stays cordoned. */
  readonly removesPods: boolean;
  /** Absent: it succeeds. Else a part of the refusal. */
  readonly refusal?: string;
  /** A part of kubectl's standard error. */
  readonly kubectlPrints?: string;
  /** A finding that our plan must contain although the drain proceeds. */
  readonly finding?: { readonly code: string; readonly severity: 'warning' | 'info' };
}

/** Row nodes carry this taint with their own name as value, so that pods of one row are never scheduled to another. */
export const RESERVED_TAINT = 'conformance.test/reserved';

const tolerationOf = ({ nodeName }: Place): object => ({
  key: RESERVED_TAINT,
  operator: 'Equal',
  value: nodeName,
  effect: 'NoSchedule',
});

const workloadAt = (
  place: Place,
  replicas = 2,
): { namespace: string; name: string; replicas: number; pod: { tolerations: readonly object[] } } => ({
  namespace: place.namespace,
  name: 'app',
  replicas,
  pod: { tolerations: [tolerationOf(place)] },
});

const daemonSetAt = (place: Place, emptyDir?: string): KubernetesObject =>
  daemonSet({
    namespace: place.namespace,
    name: 'agent',
    pod: {
      tolerations: [tolerationOf(place)],
      nodeSelector: { 'kubernetes.io/hostname': place.nodeName },
      ...(emptyDir === undefined ? {} : { emptyDir }),
    },
  });

const jobAt = (place: Place, finish?: 'Succeeded'): KubernetesObject =>
  job({
    namespace: place.namespace,
    name: 'batch',
    pod: {
      tolerations: [tolerationOf(place)],
      emptyDir: 'scratch',
      ...(finish === undefined ? {} : { behavior: { finish } }),
    },
  });

const barePodAt = (place: Place, emptyDir?: string): KubernetesObject =>
  pod({ ...place, name: 'bare', ...(emptyDir === undefined ? {} : { emptyDir }) });

const FORCE: DrainOptions = { force: true };
const FORCE_AND_EMPTY_DIR: DrainOptions = { force: true, deleteEmptyDirData: true };

/** The DaemonSet and pod of D3 are created separately, see `createFinishedDaemonSetPod`; D17 needs an API server that fails. */
const ALL_ROWS: readonly DrainRow[] = [
  {
    id: 'D1',
    title: 'pods of a ReplicationController',
    options: {},
    toObjects: (place) => [replicationController(workloadAt(place))],
    podCount: 2,
    removesPods: true,
  },
  {
    id: 'D2',
    title: 'a live DaemonSet pod without consent',
    options: {},
    toObjects: (place) => [daemonSetAt(place)],
    podCount: 1,
    removesPods: false,
    refusal: 'ignoreDaemonSets: true',
    kubectlPrints: 'cannot delete DaemonSet-managed Pods',
  },
  {
    id: 'D3',
    title: 'a finished DaemonSet pod',
    options: {},
    toObjects: () => [],
    podCount: 1,
    podPhase: 'Succeeded',
    removesPods: true,
    finding: { code: 'FinishedPod', severity: 'info' },
  },
  {
    id: 'D4',
    title: 'a pod orphaned by its DaemonSet, without consent',
    options: {},
    toObjects: (place) => [barePodAt(place)],
    podCount: 1,
    removesPods: false,
    refusal: 'force: true',
    kubectlPrints: 'declare no controller',
  },
  {
    id: 'D5',
    title: 'a pod orphaned by its DaemonSet, with force',
    options: FORCE,
    toObjects: (place) => [barePodAt(place)],
    podCount: 1,
    removesPods: true,
    kubectlPrints: 'Warning: deleting Pods that declare no controller',
    finding: { code: 'BarePod', severity: 'warning' },
  },
  {
    id: 'D6',
    title: 'a live DaemonSet pod that is ignored',
    options: { ignoreDaemonSets: true },
    toObjects: (place) => [daemonSetAt(place)],
    podCount: 1,
    removesPods: false,
    kubectlPrints: 'Warning: ignoring DaemonSet-managed Pods',
  },
  {
    id: 'D7',
    title: 'a live DaemonSet pod with an emptyDir that is ignored',
    options: { ignoreDaemonSets: true },
    toObjects: (place) => [daemonSetAt(place, 'scratch')],
    podCount: 1,
    removesPods: false,
    kubectlPrints: 'Warning: ignoring DaemonSet-managed Pods',
  },
  {
    id: 'D8',
    title: 'a Job pod with an emptyDir, with both consents',
    options: FORCE_AND_EMPTY_DIR,
    toObjects: (place) => [jobAt(place)],
    podCount: 1,
    removesPods: true,
    finding: { code: 'JobStartsOver', severity: 'info' },
  },
  {
    id: 'D9',
    title: 'a finished Job pod with an emptyDir',
    options: {},
    toObjects: (place) => [jobAt(place, 'Succeeded')],
    podCount: 1,
    podPhase: 'Succeeded',
    removesPods: true,
    finding: { code: 'FinishedPod', severity: 'info' },
  },
  {
    id: 'D10',
    title: 'pods of a ReplicaSet',
    options: {},
    toObjects: (place) => [replicaSet(workloadAt(place))],
    podCount: 2,
    removesPods: true,
  },
  {
    id: 'D11',
    title: 'a bare pod without consent',
    options: {},
    toObjects: (place) => [barePodAt(place)],
    podCount: 1,
    removesPods: false,
    refusal: 'force: true',
    kubectlPrints: 'declare no controller',
  },
  {
    id: 'D12',
    title: 'a bare pod with force',
    options: FORCE,
    toObjects: (place) => [barePodAt(place)],
    podCount: 1,
    removesPods: true,
    finding: { code: 'BarePod', severity: 'warning' },
  },
  {
    id: 'D13',
    title: 'a bare pod with an emptyDir, with force alone',
    options: FORCE,
    toObjects: (place) => [barePodAt(place, 'scratch')],
    podCount: 1,
    removesPods: false,
    refusal: 'deleteEmptyDirData: true',
    kubectlPrints: 'cannot delete Pods with local storage',
  },
  {
    id: 'D14',
    title: 'a failed bare pod with an emptyDir',
    options: {},
    toObjects: (place) => [finishedPod({ ...place, name: 'bare', emptyDir: 'scratch' }, 'Failed')],
    podCount: 1,
    podPhase: 'Failed',
    removesPods: true,
    finding: { code: 'FinishedPod', severity: 'info' },
  },
  {
    id: 'D15',
    title: 'a bare pod with an emptyDir, with both consents',
    options: FORCE_AND_EMPTY_DIR,
    toObjects: (place) => [barePodAt(place, 'scratch')],
    podCount: 1,
    removesPods: true,
    finding: { code: 'EmptyDirData', severity: 'warning' },
  },
  { id: 'D16', title: 'an empty node', options: {}, toObjects: () => [], podCount: 0, removesPods: true },
  {
    id: 'grace',
    title: 'pods of a ReplicaSet with a grace period of the caller',
    options: { gracePeriodSeconds: 3 },
    toObjects: (place) => [replicaSet(workloadAt(place))],
    podCount: 2,
    removesPods: true,
  },
];

export const DRAIN_ROWS = boundRows(ALL_ROWS, 2);

/** The pods of D17: they terminate slowly, so that the second still waits for its budget when the API server fails. */
export const slowReplicaSetAt = (place: Place): KubernetesObject =>
  replicaSet({
    ...workloadAt(place),
    pod: { tolerations: [tolerationOf(place)], behavior: { terminateAfterMilliseconds: 8000 } },
  });
