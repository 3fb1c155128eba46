import type { PodRef, Taint } from '../domain/cluster/facts.ts';
import type { NodeChange } from '../domain/node/node-change.ts';
import type { DeploymentChange } from '../domain/surge/plan-surge-release.ts';
import type { NewDisruptionBudget } from '../ports/cluster.ts';

/** Merge patch of a Node; fields that `change` omits are not changed. */
export const toNodePatch = (change: NodeChange): object => ({
  ...toMetadataPatch(change),
  ...toSpecPatch(change),
});

const toMetadataPatch = ({ annotations, labels }: NodeChange): object =>
  annotations === undefined && labels === undefined
    ? {}
    : {
        metadata: {
          ...(annotations === undefined ? {} : { annotations }),
          ...(labels === undefined ? {} : { labels }),
        },
      };

const toSpecPatch = ({ unschedulable, taints }: NodeChange): object =>
  unschedulable === undefined && taints === undefined
    ? {}
    : {
        spec: {
          ...(unschedulable === undefined ? {} : { unschedulable }),
          ...(taints === undefined ? {} : { taints: taints.map(toTaintBody) }),
        },
      };

/** An empty value is omitted, as the API server returns it. */
const toTaintBody = ({ value, ...taint }: Taint): object => ({ ...taint, ...(value === '' ? {} : { value }) });

/** Merge patch of a Deployment; fields that `change` omits are not changed. */
export const toDeploymentPatch = ({ replicas, labels }: DeploymentChange): object => ({
  metadata: { labels },
  ...(replicas === undefined ? {} : { spec: { replicas } }),
});

/** `policy/v1` PodDisruptionBudget; an empty selector is sent as empty, because an absent one matches nothing. */
export const toBudgetBody = (budget: NewDisruptionBudget): object => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: {
    namespace: budget.namespace,
    name: budget.name,
    labels: budget.labels,
    annotations: budget.annotations,
  },
  spec: {
    selector: budget.selector,
    maxUnavailable: budget.maxUnavailable,
    unhealthyPodEvictionPolicy: budget.unhealthyPodEvictionPolicy,
  },
});

/** `policy/v1` Eviction under the pod's UID; `gracePeriodSeconds` absent: the pod's own. */
export const toEvictionBody = (pod: PodRef, gracePeriodSeconds?: number, isDryRun = false): object => ({
  apiVersion: 'policy/v1',
  kind: 'Eviction',
  metadata: { namespace: pod.namespace, name: pod.name },
  deleteOptions: {
    preconditions: { uid: pod.uid },
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    ...(isDryRun ? { dryRun: ['All'] } : {}),
  },
});
