import type { DecommissionRequest } from '../request/decommission-request.ts';
import type { AccessRight } from './facts.ts';

const toRights = (group: string, resource: string, verbs: readonly string[]): readonly AccessRight[] =>
  verbs.map((verb) => ({ verb, group, resource }));

/**
 * The permissions of `plan`, all read-only. ClusterRole `node-decommission-reader` in deploy/rbac.yaml grants exactly these,
 * `RIGHTS_TO_PLACE`, `RIGHTS_TO_READ_OWNERS` and `RIGHTS_TO_FIND_SERVICES`.
 */
export const RIGHTS_TO_READ: readonly AccessRight[] = [
  ...toRights('', 'nodes', ['get', 'list']),
  ...toRights('', 'pods', ['get', 'list']),
  ...toRights('policy', 'poddisruptionbudgets', ['get', 'list']),
  ...toRights('apps', 'deployments', ['get']),
  ...toRights('apps', 'replicasets', ['get']),
  ...toRights('apps', 'statefulsets', ['get']),
  ...toRights('apps', 'daemonsets', ['get']),
  ...toRights('batch', 'jobs', ['get']),
  ...toRights('', 'replicationcontrollers', ['get']),
  ...toRights('', 'persistentvolumeclaims', ['list']),
  ...toRights('', 'persistentvolumes', ['list']),
  ...toRights('storage.k8s.io', 'volumeattachments', ['list']),
  { verb: 'get', group: '', resource: 'namespaces', name: 'kube-system' },
  ...toRights('authorization.k8s.io', 'selfsubjectaccessreviews', ['create']),
];

/** A permission to list what only kube-scheduler reads. */
export interface PlacementRight extends AccessRight {
  /** As in `SchedulerFacts.objects`. */
  readonly kind: string;
}

const toListRight = (kind: string, group: string, resource: string): PlacementRight => ({
  verb: 'list',
  group,
  resource,
  kind,
});

/**
 * Optional for `plan` and for a run: without one of them the placement of pods that use such objects is unknown. Both ClusterRoles in
 * deploy/rbac.yaml grant these too.
 */
export const RIGHTS_TO_PLACE: readonly PlacementRight[] = [
  toListRight('Namespace', '', 'namespaces'),
  toListRight('StorageClass', 'storage.k8s.io', 'storageclasses'),
  toListRight('CSINode', 'storage.k8s.io', 'csinodes'),
  toListRight('CSIDriver', 'storage.k8s.io', 'csidrivers'),
  toListRight('CSIStorageCapacity', 'storage.k8s.io', 'csistoragecapacities'),
  toListRight('ResourceClaim', 'resource.k8s.io', 'resourceclaims'),
  toListRight('ResourceClaimTemplate', 'resource.k8s.io', 'resourceclaimtemplates'),
  toListRight('ResourceSlice', 'resource.k8s.io', 'resourceslices'),
  toListRight('DeviceClass', 'resource.k8s.io', 'deviceclasses'),
];

/**
 * Optional for `plan` and for a run: the owners of pods that common operators define. Without the right to read an owner its replica count is
 * unknown (`unreadable`). Both ClusterRoles in deploy/rbac.yaml grant these too.
 */
export const RIGHTS_TO_READ_OWNERS: readonly AccessRight[] = [
  ...toRights('argoproj.io', 'rollouts', ['get']),
  { verb: 'get', group: 'argoproj.io', resource: 'rollouts', subresource: 'scale' },
  ...toRights('postgresql.cnpg.io', 'clusters', ['get']),
  { verb: 'get', group: 'postgresql.cnpg.io', resource: 'clusters', subresource: 'scale' },
  ...toRights('core.strimzi.io', 'strimzipodsets', ['get']),
  ...toRights('apps.kruise.io', 'daemonsets', ['get']),
  ...['clonesets', 'statefulsets'].flatMap((resource): AccessRight[] => [
    { verb: 'get', group: 'apps.kruise.io', resource },
    { verb: 'get', group: 'apps.kruise.io', resource, subresource: 'scale' },
  ]),
];

/**
 * Optional for `plan` and for a run: without it, preflight does not check which Services lose their last pod, nor whether Temporal runs on
 * the nodes. Both ClusterRoles in deploy/rbac.yaml grant it too.
 */
export const RIGHTS_TO_FIND_SERVICES: readonly AccessRight[] = toRights('', 'services', ['list']);

/**
 * Optional for a run: what other components keep for a node, read once its Node is deleted; ResourceSlices and VolumeAttachments are in
 * `RIGHTS_TO_PLACE` and `RIGHTS_TO_READ`. Without one of them it is unknown whether such an object remains. ClusterRole `node-decommission` in
 * deploy/rbac.yaml grants these too.
 */
export const RIGHTS_TO_READ_NODE_OBJECTS: readonly AccessRight[] = [
  ...toRights('storage.k8s.io', 'csinodes', ['get']),
  ...toRights('coordination.k8s.io', 'leases', ['get']),
  ...toRights('cilium.io', 'ciliumnodes', ['get']),
  ...toRights('crd.projectcalico.org', 'blockaffinities', ['list']),
  ...toRights('crd.projectcalico.org', 'ipamblocks', ['get']),
];

/**
 * Optional for `plan` and for a run: with it, a replacement of each workload is tried as a dry run. No ClusterRole in deploy/rbac.yaml that is
 * bound grants it, because who may create pods may run anything: `node-decommission-try-replacements` does.
 */
export const RIGHTS_TO_TRY_REPLACEMENTS: readonly AccessRight[] = toRights('', 'pods', ['create']);

/**
 * The permissions of a run, including those to read. ClusterRole `node-decommission` in deploy/rbac.yaml grants exactly these,
 * `RIGHTS_TO_PLACE`, `RIGHTS_TO_READ_OWNERS`, `RIGHTS_TO_FIND_SERVICES` and `RIGHTS_TO_READ_NODE_OBJECTS`.
 */
export const RIGHTS_TO_RUN: readonly AccessRight[] = [
  ...RIGHTS_TO_READ,
  ...toRights('', 'nodes', ['watch', 'patch', 'delete']),
  ...toRights('', 'pods', ['watch']),
  { verb: 'create', group: '', resource: 'pods', subresource: 'eviction' },
  ...toRights('policy', 'poddisruptionbudgets', ['watch', 'create', 'patch', 'delete']),
  ...toRights('storage.k8s.io', 'volumeattachments', ['watch']),
];

/** The further permissions of a run under `singleReplica: surge`. ClusterRole `node-decommission-surge` in deploy/rbac.yaml grants exactly these. */
export const RIGHTS_TO_SURGE: readonly AccessRight[] = [
  ...toRights('apps', 'deployments', ['list', 'patch']),
  ...toRights('', 'pods', ['patch']),
  ...toRights('autoscaling', 'horizontalpodautoscalers', ['list']),
  ...toRights('discovery.k8s.io', 'endpointslices', ['list']),
];

/** What the update `forcePod` and `onTimeout: delete` need. ClusterRole `node-decommission-force` in deploy/rbac.yaml grants exactly this. */
export const RIGHTS_TO_FORCE: readonly AccessRight[] = toRights('', 'pods', ['delete']);

/** Those of a run with this request. */
export const toRightsOfRun = ({
  singleReplica,
  onTimeout,
}: Pick<DecommissionRequest, 'singleReplica' | 'onTimeout'>): readonly AccessRight[] => [
  ...RIGHTS_TO_RUN,
  ...(singleReplica === 'surge' ? RIGHTS_TO_SURGE : []),
  ...(onTimeout === 'delete' ? RIGHTS_TO_FORCE : []),
];

/** What a preflight that has read its facts, and proven the cluster, has used: these are not checked one by one. */
const USED_BY_PREFLIGHT: readonly AccessRight[] = [
  ...toRights('', 'nodes', ['list']),
  ...toRights('', 'pods', ['list']),
  ...toRights('policy', 'poddisruptionbudgets', ['list']),
  ...toRights('', 'persistentvolumes', ['list']),
  ...toRights('storage.k8s.io', 'volumeattachments', ['list']),
  { verb: 'get', group: '', resource: 'namespaces', name: 'kube-system' },
  ...toRights('authorization.k8s.io', 'selfsubjectaccessreviews', ['create']),
];

/** Of the rights of a run, those that its preflight does not use by itself. */
export const toUnusedRights = (rights: readonly AccessRight[]): readonly AccessRight[] => {
  const used = new Set(USED_BY_PREFLIGHT.map(toRightText));
  return rights.filter((right) => !used.has(toRightText(right)));
};

/** The arguments of `kubectl auth can-i`, e.g. `create pods/eviction`, `get clonesets.apps.kruise.io/scale`, `get namespaces kube-system`. */
export const toRightText = ({ verb, group, resource, subresource, namespace, name }: AccessRight): string => {
  const plural = group === '' ? resource : `${resource}.${group}`;
  const part = subresource === undefined ? '' : `/${subresource}`;
  const object = name === undefined ? '' : ` ${name}`;
  return `${verb} ${plural}${part}${object}${namespace === undefined ? '' : ` in ${namespace}`}`;
};

/** Without a full stop. */
export const toMissingRightText = (right: AccessRight): string => {
  const isOf = (rights: readonly AccessRight[]): boolean =>
    rights.some((each) => toRightText(each) === toRightText(right));
  const name = isOf(RIGHTS_TO_SURGE) ? 'surge' : isOf(RIGHTS_TO_FORCE) ? 'force' : undefined;
  const role = name === undefined ? '' : ` (ClusterRole node-decommission-${name} of deploy/rbac.yaml)`;
  return `the permission to ${toRightText(right)} is missing: grant it to the identity that the worker uses${role}`;
};
