import type { KubernetesObject } from './kubernetes-object.ts';
import { podTemplate } from './pod-template.ts';
import type { PodShape } from './pod-template.ts';

/** A workload whose pods carry the label `app: <name>`, which is its selector. */
export interface WorkloadFixture {
  readonly namespace: string;
  readonly name: string;
  /** Default 1; of no meaning for DaemonSets. */
  readonly replicas?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly pod?: PodShape;
  /** Put over the fields of spec that the fixture makes, e.g. `{strategy: …}`. */
  readonly spec?: Readonly<Record<string, unknown>>;
}

export const deployment = (fixture: WorkloadFixture): KubernetesObject => {
  return workload('apps/v1', 'Deployment', fixture, { replicas: fixture.replicas ?? 1 });
};

/** A ReplicaSet of its own, without a Deployment. */
export const replicaSet = (fixture: WorkloadFixture): KubernetesObject => {
  return workload('apps/v1', 'ReplicaSet', fixture, { replicas: fixture.replicas ?? 1 });
};

/** Starts and replaces its pods in parallel. Its headless Service needs not exist. */
export const statefulSet = (fixture: WorkloadFixture): KubernetesObject => {
  return workload('apps/v1', 'StatefulSet', fixture, {
    replicas: fixture.replicas ?? 1,
    serviceName: fixture.name,
    podManagementPolicy: 'Parallel',
  });
};

export const daemonSet = (fixture: WorkloadFixture): KubernetesObject => {
  return workload('apps/v1', 'DaemonSet', fixture, {});
};

export const replicationController = (fixture: WorkloadFixture): KubernetesObject => {
  return workload('v1', 'ReplicationController', fixture, {
    replicas: fixture.replicas ?? 1,
    selector: { app: fixture.name },
  });
};

/** Runs until it is removed, unless `pod.behavior.finish` says otherwise. `replicas` pods run at once. */
export const job = (fixture: WorkloadFixture): KubernetesObject => {
  return workload(
    'batch/v1',
    'Job',
    { ...fixture, pod: { restartPolicy: 'Never', ...fixture.pod } },
    {
      parallelism: fixture.replicas ?? 1,
      completions: fixture.replicas ?? 1,
      backoffLimit: 100,
      // The Job controller makes its own and refuses another.
      selector: undefined,
    },
  );
};

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
