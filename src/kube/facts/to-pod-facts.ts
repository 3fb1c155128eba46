import type { V1Pod, V1PodSpec, V1PodStatus, V1Toleration } from '@kubernetes/client-node';
import type { PodFacts, Toleration } from '../../domain/cluster/facts.ts';
import { toPodRequests } from './pod-requests.ts';
import { toAffinityFacts } from './to-affinity-facts.ts';
import { toInlineDisks } from './to-inline-disks.ts';
import { toController, toIdentity } from './to-metadata.ts';
import type { Wire } from '../transport/wire.ts';

const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror';

/** @throws RangeError: a request is not a quantity. */
export const toPodFacts = (pod: Wire<V1Pod>): PodFacts => {
  const spec = pod.spec ?? { containers: [] };
  return {
    ...toMetadataFacts(pod),
    ...toSchedulingFacts(spec, pod.metadata?.namespace ?? ''),
    ...toStatusFacts(pod.status),
    ...toSecondsToReady(pod),
    ...toEndFacts(spec, pod.status),
    ...toVolumeNames(pod),
  };
};

type MetadataFacts = Pick<
  PodFacts,
  | 'namespace'
  | 'name'
  | 'uid'
  | 'resourceVersion'
  | 'deletionTimestamp'
  | 'deletionGracePeriodSeconds'
  | 'finalizers'
  | 'controller'
  | 'labels'
  | 'annotations'
  | 'mirror'
>;

const toMetadataFacts = (pod: Wire<V1Pod>): MetadataFacts => {
  const { deletionTimestamp, deletionGracePeriodSeconds, annotations = {} } = pod.metadata ?? {};
  const controller = toController(pod.metadata);
  return {
    ...toIdentity(pod.metadata),
    ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
    ...(deletionGracePeriodSeconds === undefined ? {} : { deletionGracePeriodSeconds }),
    ...(controller === undefined ? {} : { controller }),
    finalizers: pod.metadata?.finalizers ?? [],
    labels: pod.metadata?.labels ?? {},
    annotations,
    mirror: MIRROR_ANNOTATION in annotations,
  };
};

type SchedulingFacts = Omit<
  PodFacts,
  | keyof MetadataFacts
  | 'phase'
  | 'ips'
  | 'ready'
  | 'secondsToReady'
  | 'waitingReason'
  | 'unschedulableMessage'
  | 'emptyDirVolumes'
  | 'persistentVolumeClaims'
  | 'ephemeralClaims'
  | 'inlineDisks'
  | 'preStopContainers'
  | 'containersEnded'
>;

const toSchedulingFacts = (spec: Wire<V1PodSpec>, namespace: string): SchedulingFacts => ({
  nodeName: spec.nodeName ?? '',
  tolerations: (spec.tolerations ?? []).map(toToleration),
  nodeSelector: spec.nodeSelector ?? {},
  ...toAffinityFacts(spec, namespace),
  requests: toPodRequests(spec),
  hostNetwork: spec.hostNetwork ?? false,
  schedulingGated: (spec.schedulingGates ?? []).length > 0,
  ...toDefaultedFacts(spec),
});

/** The API server sets these when a pod is created; the values here are its defaults. */
const toDefaultedFacts = (
  spec: Wire<V1PodSpec>,
): Pick<PodFacts, 'schedulerName' | 'priority' | 'priorityClassName' | 'terminationGracePeriodSeconds'> => ({
  schedulerName: spec.schedulerName ?? 'default-scheduler',
  priority: spec.priority ?? 0,
  priorityClassName: spec.priorityClassName ?? '',
  terminationGracePeriodSeconds: spec.terminationGracePeriodSeconds ?? 30,
});

const toToleration = (toleration: Wire<V1Toleration>): Toleration => ({
  key: toleration.key ?? '',
  operator: (toleration.operator ?? 'Equal') as Toleration['operator'],
  value: toleration.value ?? '',
  effect: (toleration.effect ?? '') as Toleration['effect'],
});

type StatusFacts = Pick<PodFacts, 'phase' | 'ips' | 'ready' | 'waitingReason' | 'unschedulableMessage'>;

const toStatusFacts = (status: Wire<V1PodStatus> | undefined): StatusFacts => ({
  phase: (status?.phase ?? 'Unknown') as PodFacts['phase'],
  ips: (status?.podIPs ?? []).map(({ ip }) => ip),
  ready: status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false,
  waitingReason: toWaitingReason(status),
  ...toUnschedulableMessage(status),
});

/** The API's times are whole seconds. After a restart the condition no longer shows when the pod first became Ready. */
const toSecondsToReady = ({ metadata, status }: Wire<V1Pod>): Pick<PodFacts, 'secondsToReady'> => {
  const ready = status?.conditions?.find(({ type, status: value }) => type === 'Ready' && value === 'True');
  const seconds = toSecondsBetween(metadata?.creationTimestamp, ready?.lastTransitionTime);
  const hasRestarted = status?.containerStatuses?.some(({ restartCount }) => restartCount > 0) === true;
  return hasRestarted || !(seconds >= 0) ? {} : { secondsToReady: Math.max(1, Math.round(seconds)) };
};

/** NaN when one of the times is missing. */
const toSecondsBetween = (from = '', to = ''): number => (Date.parse(to) - Date.parse(from)) / 1000;

const toUnschedulableMessage = (status: Wire<V1PodStatus> | undefined): Pick<PodFacts, 'unschedulableMessage'> => {
  const condition = status?.conditions?.find(({ type, status: value }) => type === 'PodScheduled' && value === 'False');
  const message = condition?.message ?? condition?.reason;
  return message === undefined ? {} : { unschedulableMessage: message };
};

const toWaitingReason = (status: Wire<V1PodStatus> | undefined): string =>
  [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]
    .map(({ state }) => state?.waiting?.reason ?? '')
    .find((reason) => reason !== '') ?? '';

/** Sidecars are init containers that keep running. */
const toEndFacts = (
  { containers, initContainers = [] }: Wire<V1PodSpec>,
  status: Wire<V1PodStatus> | undefined,
): Pick<PodFacts, 'preStopContainers' | 'containersEnded'> => {
  const hooked = [...containers, ...initContainers].filter(({ lifecycle }) => lifecycle?.preStop !== undefined);
  const main = status?.containerStatuses ?? [];
  const statuses = [...main, ...(status?.initContainerStatuses ?? [])];
  const areEnded =
    main.length > 0 && statuses.every(({ state }) => state?.running === undefined && state?.waiting === undefined);
  return {
    ...(hooked.length === 0 ? {} : { preStopContainers: hooked.map(({ name }) => name) }),
    ...(areEnded ? { containersEnded: true } : {}),
  };
};

/** A generic ephemeral volume's claim is named `<pod>-<volume>` (KEP-1698). */
const toVolumeNames = (
  pod: Wire<V1Pod>,
): Pick<PodFacts, 'emptyDirVolumes' | 'persistentVolumeClaims' | 'ephemeralClaims' | 'inlineDisks'> => {
  const volumes = pod.spec?.volumes ?? [];
  const toEphemeralClaim = (volumeName: string): string => `${pod.metadata?.name ?? ''}-${volumeName}`;
  return {
    emptyDirVolumes: volumes.filter(({ emptyDir }) => emptyDir !== undefined).map(({ name }) => name),
    persistentVolumeClaims: volumes.flatMap(({ name, persistentVolumeClaim, ephemeral }) => {
      if (persistentVolumeClaim !== undefined) {
        return [persistentVolumeClaim.claimName];
      }
      return ephemeral === undefined ? [] : [toEphemeralClaim(name)];
    }),
    ephemeralClaims: volumes
      .filter(({ ephemeral }) => ephemeral !== undefined)
      .map(({ name }) => toEphemeralClaim(name)),
    inlineDisks: volumes.flatMap(toInlineDisks),
  };
};
