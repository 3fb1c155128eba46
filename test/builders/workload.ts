import type { LabelSelector, WorkloadFacts } from '../../src/domain/cluster/facts.ts';
import type { WorkloadIndex } from '../../src/domain/cluster/workload-index.ts';
import { owner } from './pod.ts';

export const selector = (matchLabels: Record<string, string>): LabelSelector => ({ matchLabels, matchExpressions: [] });

/** Deployment `web` with 3 replicas in `default`, selecting `app=web`; its UID is `uid-<kind>-<name>`. */
export const workload = (overrides: Partial<WorkloadFacts> = {}): WorkloadFacts => {
  const kind = overrides.kind ?? 'Deployment';
  const name = overrides.name ?? 'web';
  return {
    apiVersion: 'apps/v1',
    kind,
    namespace: 'default',
    name,
    uid: `uid-${kind}-${name}`,
    replicas: 3,
    selector: selector({ app: 'web' }),
    ...overrides,
  };
};

/** A kind that has no replica count: DaemonSet, Job. */
export const countlessWorkload = (apiVersion: string, kind: string, name: string): WorkloadFacts => ({
  apiVersion,
  kind,
  namespace: 'default',
  name,
  uid: `uid-${kind}-${name}`,
  selector: selector({ app: name }),
});

/** An owner of a kind that the worker is not allowed to read. */
export const unreadableWorkload = (apiVersion: string, kind: string, name: string): WorkloadFacts => ({
  apiVersion,
  kind,
  namespace: 'default',
  name,
  uid: `uid-${kind}-${name}`,
  unreadable: true,
});

/** A ReplicaSet of Deployment `web`. */
export const replicaSet = (overrides: Partial<WorkloadFacts> = {}): WorkloadFacts =>
  workload({
    kind: 'ReplicaSet',
    name: 'web-1',
    controller: owner('apps/v1', 'Deployment', 'web'),
    ...overrides,
  });

/** By UID, as `src/activities` reads it. */
export const workloadIndex = (...workloads: WorkloadFacts[]): WorkloadIndex =>
  Object.fromEntries(workloads.map((each) => [each.uid, each]));
