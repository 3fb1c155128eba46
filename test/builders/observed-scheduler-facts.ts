import type { NodeFacts, PodFacts } from '../../src/domain/cluster/facts.ts';
import { isFinished } from '../../src/domain/cluster/pod-state.ts';
import { RIGHTS_TO_PLACE } from '../../src/domain/cluster/rights.ts';
import type { SchedulerFacts, SchedulerObject } from '../../src/domain/scheduling/scheduler-facts.ts';

/** The objects of these nodes and pods, each pod with a template of its own; every kind but `absentKinds` was read and has no object. */
export const schedulerFacts = (
  nodes: readonly NodeFacts[],
  pods: readonly PodFacts[],
  absentKinds: readonly string[] = [],
): SchedulerFacts => {
  const scheduled = pods.filter((pod) => !isFinished(pod));
  const kinds = RIGHTS_TO_PLACE.map(({ kind }) => kind).filter((kind) => !absentKinds.includes(kind));
  return {
    nodes: nodes.map(toNodeObject),
    templates: scheduled.map(toTemplateObject),
    pods: scheduled.map(({ namespace, name, uid, nodeName, deletionTimestamp }, template) => ({
      namespace,
      name,
      uid,
      template,
      nodeName,
      isTerminating: deletionTimestamp !== undefined,
    })),
    objects: {
      ...Object.fromEntries(kinds.map((kind) => [kind, []])),
      PersistentVolumeClaim: [],
      PersistentVolume: [],
      VolumeAttachment: [],
    },
  };
};

const toNodeObject = ({ name, labels, taints, unschedulable, allocatable }: NodeFacts): SchedulerObject => ({
  metadata: { name, labels },
  spec: { unschedulable, taints },
  status: { allocatable: toQuantities(allocatable) },
});

/** As `toPodTemplate` of `src/kube` reduces it. */
export const toTemplateObject = (pod: PodFacts): SchedulerObject => ({
  metadata: { labels: pod.labels },
  spec: {
    nodeSelector: pod.nodeSelector,
    tolerations: pod.tolerations,
    priority: pod.priority,
    schedulerName: pod.schedulerName,
    ...(pod.schedulingGated ? { schedulingGates: [{ name: 'gate' }] } : {}),
    containers: [{ name: 'c', resources: { requests: toQuantities(pod.requests) } }],
    volumes: pod.persistentVolumeClaims.map((claimName) => ({ persistentVolumeClaim: { claimName } })),
  },
});

const toQuantities = (amounts: Readonly<Record<string, number>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(amounts).map(([name, amount]) => [name, name === 'cpu' ? `${amount}m` : `${amount}`]),
  );
