import type { V1Container, V1Pod, V1PodSpec, V1PodStatus, V1PodTemplateSpec, V1Volume } from '@kubernetes/client-node';
import type { SchedulerObject } from '../../domain/scheduling/scheduler-facts.ts';
import type { Wire } from '../transport/wire.ts';
import { pick } from './pick.ts';

/** The fields of a pod's spec that the scheduler's plugins read as they are (k/k `pkg/scheduler/framework/plugins`). */
const SPEC_FIELDS = [
  'affinity',
  'hostNetwork',
  'hostUsers',
  'nodeSelector',
  'overhead',
  'preemptionPolicy',
  'priority',
  'resourceClaims',
  'resources',
  'schedulerName',
  'schedulingGates',
  'schedulingGroup',
  'tolerations',
  'topologySpreadConstraints',
] as const;

/** Volumes that a plugin reads: claims, and disks that limit where, or how often, they may be attached. */
const VOLUME_SOURCES = [
  'awsElasticBlockStore',
  'azureDisk',
  'azureFile',
  'cinder',
  'csi',
  'gcePersistentDisk',
  'iscsi',
  'persistentVolumeClaim',
  'portworxVolume',
  'rbd',
  'vsphereVolume',
] as const;

/**
 * The part of a pod, or of a pod template, that kube-scheduler reads, without what differs between the pods of one workload: names, the
 * volume of the service account's token, and status unless it changes what the pod requests or which devices it has.
 */
export const toPodTemplate = (pod: Wire<V1Pod> | Wire<V1PodTemplateSpec>): SchedulerObject => {
  const spec = pod.spec ?? { containers: [] };
  return {
    metadata: pick(pod.metadata ?? {}, ['labels']),
    spec: toTemplateSpec(spec),
    ...('status' in pod ? toStatusPart(pod.status, spec) : {}),
  };
};

const toTemplateSpec = (spec: Wire<V1PodSpec>): SchedulerObject => ({
  ...pick(spec, SPEC_FIELDS),
  containers: spec.containers.map(toContainer),
  ...toListPart('initContainers', (spec.initContainers ?? []).map(toContainer)),
  ...toListPart('volumes', (spec.volumes ?? []).flatMap(toVolume)),
});

const toContainer = (container: Wire<V1Container>): SchedulerObject => ({
  ...pick(container, ['name', 'image', 'resources', 'restartPolicy', 'restartPolicyRules']),
  ...toListPart(
    'ports',
    (container.ports ?? []).filter(({ hostPort }) => hostPort !== undefined && hostPort !== 0),
  ),
});

/** The name of a volume is read only if it is ephemeral: its claim is named after it. */
const toVolume = (volume: Wire<V1Volume>): readonly SchedulerObject[] => {
  const source = pick(volume, VOLUME_SOURCES);
  if (volume.ephemeral !== undefined) return [{ name: volume.name, ephemeral: volume.ephemeral }];
  return Object.keys(source).length === 0 ? [] : [source];
};

/** Names of generated ResourceClaims, and requests during a resize: the scheduler counts the larger of spec and status. */
const toStatusPart = (status: Wire<V1PodStatus>, spec: Wire<V1PodSpec>): { readonly status?: SchedulerObject } => {
  const claims = pick(status, [
    'resourceClaimStatuses',
    'extendedResourceClaimStatus',
    'nodeAllocatableResourceClaimStatuses',
  ]);
  const resizes = (status.conditions ?? []).filter(({ type }) => type === 'PodResizePending');
  const resized = resizes.length > 0 || differsFromSpec(status, spec) ? toResizedPart(status, resizes) : {};
  const part = { ...claims, ...resized };
  return Object.keys(part).length === 0 ? {} : { status: part };
};

const toResizedPart = (status: Wire<V1PodStatus>, resizes: readonly object[]): SchedulerObject => ({
  ...pick(status, ['allocatedResources', 'resources']),
  ...toListPart(
    'conditions',
    resizes.map((condition) => pick(condition, ['type', 'status', 'reason'])),
  ),
  ...toListPart('containerStatuses', (status.containerStatuses ?? []).map(toContainerStatus)),
  ...toListPart('initContainerStatuses', (status.initContainerStatuses ?? []).map(toContainerStatus)),
});

const toContainerStatus = (status: object): SchedulerObject =>
  pick(status, ['name', 'allocatedResources', 'resources']);

/** What the kubelet allocated to a container is not what the spec requests (any more, or yet). */
const differsFromSpec = (status: Wire<V1PodStatus>, spec: Wire<V1PodSpec>): boolean => {
  const statuses = [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])];
  const requestsOf = new Map(
    [...spec.containers, ...(spec.initContainers ?? [])].map(({ name, resources }) => [name, resources?.requests]),
  );
  return statuses.some(({ name, allocatedResources }) => {
    const requests = requestsOf.get(name);
    return Object.entries(allocatedResources ?? {}).some(([resource, amount]) => requests?.[resource] !== amount);
  });
};

const toListPart = (name: string, items: readonly object[]): SchedulerObject =>
  items.length === 0 ? {} : { [name]: items };
