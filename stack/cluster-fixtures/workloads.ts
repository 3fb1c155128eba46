import type { KubernetesObject } from './kubernetes-object.ts';
import { podTemplate } from './pod-template.ts';
import type { PodShape } from './pod-template.ts';

/** A workload whose pods carry the label `app: <name>`, which is its selector. */
export interface WorkloadFixture {
  readonly namespace: string;
  readonly name: string;
  /** Default 1; ignored for DaemonSets. */
  readonly replicas?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly pod?: PodShape;
  /** Overrides fields of the spec that the fixture sets, e.g. `{strategy: …}`. */
  readonly spec?: Readonly<Record<string, unknown>>;
}

export const deployment = (fixture: WorkloadFixture): KubernetesObject =>
  workload('apps/v1', 'Deployment', fixture, { replicas: fixture.replicas ?? 1 });

/** A ReplicaSet without a Deployment. */
export const replicaSet = (fixture: WorkloadFixture): KubernetesObject =>
  workload('apps/v1', 'ReplicaSet', fixture, { replicas: fixture.replicas ?? 1 });

/** Starts and replaces its pods in parallel. Its headless Service need not exist. */
export const statefulSet = (fixture: WorkloadFixture): KubernetesObject =>
  workload('apps/v1', 'StatefulSet', fixture, {
    replicas: fixture.replicas ?? 1,
    serviceName: fixture.name,
    podManagementPolicy: 'Parallel',
  });

export const daemonSet = (fixture: WorkloadFixture): KubernetesObject => workload('apps/v1', 'DaemonSet', fixture, {});

export const replicationController = (fixture: WorkloadFixture): KubernetesObject =>
  workload('v1', 'ReplicationController', fixture, {
    replicas: fixture.replicas ?? 1,
    selector: { app: fixture.name },
  });

/** Runs until it is deleted, unless `pod.behavior.finish` is set. `replicas` pods run at once. */
export const job = (fixture: WorkloadFixture): KubernetesObject =>
  workload(
    'batch/v1',
    'Job',
    { ...fixture, pod: { restartPolicy: 'Never', ...fixture.pod } },
    {
      parallelism: fixture.replicas ?? 1,
      completions: fixture.replicas ?? 1,
      backoffLimit: 100,
      // The Job controller generates its own and rejects any other.
      selector: undefined,
    },
  );

const workload = (
  apiVersion: string,
  kind: string,
  fixture: WorkloadFixture,
  ownSpec: Readonly<Record<string, unknown>>,
): KubernetesObject => {
  const { namespace, name, labels, annotations, pod, spec } = fixture;
  return {
    apiVersion,
    kind,
    metadata: {
      namespace,
      name,
      labels: { app: name, ...labels },
      ...(annotations === undefined ? {} : { annotations }),
    },
    spec: {
      selector: { matchLabels: { app: name } },
      template: podTemplate({ ...pod, labels: { app: name, ...pod?.labels } }),
      ...ownSpec,
      ...spec,
    },
  };
};
