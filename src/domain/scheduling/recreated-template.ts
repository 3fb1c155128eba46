import type { PodFacts, WorkloadFacts } from '../cluster/facts.ts';
import { ZONE_LABEL } from '../cluster/node-state.ts';
import { isOfKind } from '../cluster/object-kind.ts';
import type { WorkloadIndex } from '../cluster/workload-index.ts';
import type { SchedulerObject } from './scheduler-facts.ts';
import { toList, toObject } from './template-fields.ts';
import type { JsonObject } from '../text/json-text.ts';

/**
 * The template from which the pod's owner recreates it, if that differs from the one that the pod was created from: of a Deployment whose
 * template is not that of the pod's ReplicaSet, and of a StatefulSet that has a newer revision for this pod. Otherwise undefined: the
 * pod's own spec, which also has what admission added, is the better forecast. Templates of other kinds cannot be compared with a pod.
 */
export const findNewerTemplate = (pod: PodFacts, index: WorkloadIndex): SchedulerObject | undefined => {
  const owner = findOwner(pod, index);
  if (owner === undefined) return undefined;
  if (isOfKind(owner, 'apps', 'StatefulSet')) return isOfEarlierRevision(pod, owner) ? owner.podTemplate : undefined;
  if (!isOfKind(owner, 'apps', 'ReplicaSet')) return undefined;
  const deployment = findOwner(owner, index);
  if (deployment?.podTemplate === undefined || owner.podTemplate === undefined) return undefined;
  return isSameTemplate(deployment.podTemplate, owner.podTemplate) ? undefined : deployment.podTemplate;
};

/**
 * `own` as it is recreated from its owner's template. Kept from the pod: what admission derives (priority, overhead), the labels and the
 * claims that belong to one pod of a StatefulSet. Status is that of the running pod and left out.
 */
export const toRecreatedTemplate = (
  pod: Pick<PodFacts, 'name'>,
  own: SchedulerObject,
  ofOwner: SchedulerObject,
): SchedulerObject => {
  const ownSpec = toObject(own['spec']);
  const spec = toObject(ofOwner['spec']);
  const ownLabels = toObject(toObject(own['metadata'])['labels']);
  const identity = Object.entries(ownLabels).filter(([key]) => LABELS_OF_ONE_POD.includes(key));
  const admitted = Object.entries(ownSpec).filter(([key]) => ADMITTED_FIELDS.includes(key));
  const claims = toList(ownSpec['volumes']).filter((volume) => isClaimOfPod(volume, pod.name));
  return {
    metadata: { labels: { ...Object.fromEntries(identity), ...toObject(toObject(ofOwner['metadata'])['labels']) } },
    spec: {
      ...Object.fromEntries(admitted),
      ...spec,
      ...(claims.length === 0 ? {} : { volumes: [...toList(spec['volumes']), ...claims] }),
    },
  };
};

/**
 * `own` without what is only true of the running pod: the zone and region of its node, a resize that has not finished, the devices of its
 * extended resources. The same object if it has none of these.
 */
export const withoutRunningState = (own: SchedulerObject): SchedulerObject => {
  const labels = toObject(toObject(own['metadata'])['labels']);
  const isOfNode = LABELS_OF_NODE.some((key) => key in labels);
  if (!isOfNode && own['status'] === undefined) return own;
  const { status, ...template } = own;
  const { resourceClaimStatuses } = toObject(status);
  return {
    ...template,
    ...(isOfNode ? { metadata: { ...toObject(own['metadata']), labels: withoutLabelsOfNode(labels) } } : {}),
    ...(resourceClaimStatuses === undefined ? {} : { status: { resourceClaimStatuses } }),
  };
};

const withoutLabelsOfNode = (labels: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(labels).filter(([key]) => !LABELS_OF_NODE.includes(key)));

const ADMITTED_FIELDS: readonly string[] = ['priority', 'preemptionPolicy', 'overhead'];
/** The admission plugin PodTopologyLabels copies them from the node to a pod that is bound to it. */
const LABELS_OF_NODE: readonly string[] = [ZONE_LABEL, 'topology.kubernetes.io/region'];
const LABELS_OF_ONE_POD: readonly string[] = ['statefulset.kubernetes.io/pod-name', 'apps.kubernetes.io/pod-index'];
/** The Deployment controller adds it to the template of each ReplicaSet. */
const TEMPLATE_HASH = 'pod-template-hash';
const REVISION = 'controller-revision-hash';

const findOwner = ({ controller }: Pick<PodFacts, 'controller'>, index: WorkloadIndex): WorkloadFacts | undefined =>
  controller === undefined ? undefined : (index[controller.uid] ?? undefined);

/** The controller recreates pods below the partition from their earlier revision (k/k `stateful_set_utils.go`). */
const isOfEarlierRevision = (pod: PodFacts, { updateRevision, firstUpdatedOrdinal = 0 }: WorkloadFacts): boolean => {
  const revision = pod.labels[REVISION];
  const ordinal = Number(/-(\d+)$/.exec(pod.name)?.[1] ?? 0);
  return (
    revision !== undefined &&
    revision !== updateRevision &&
    updateRevision !== undefined &&
    ordinal >= firstUpdatedOrdinal
  );
};

const isSameTemplate = (a: SchedulerObject, b: SchedulerObject): boolean => toComparableText(a) === toComparableText(b);

const toComparableText = ({ metadata, spec }: SchedulerObject): string => {
  const { [TEMPLATE_HASH]: _hash, ...labels } = toObject(toObject(metadata)['labels']);
  return JSON.stringify([Object.entries(labels).sort(), spec]);
};

/** Claims of `volumeClaimTemplates` are named `<template>-<pod>`. */
const isClaimOfPod = (volume: unknown, podName: string): boolean => {
  const { claimName } = toObject(toObject(volume)['persistentVolumeClaim']);
  return typeof claimName === 'string' && claimName.endsWith(`-${podName}`);
};
