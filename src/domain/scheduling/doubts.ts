import type { PodFacts } from '../cluster/facts.ts';
import { findClaimBoundAnywhere } from './claim-bound-anywhere.ts';
import type { SchedulerFacts, SchedulerObject } from './scheduler-facts.ts';
import { toTemplateFields, type TemplateFields } from './template-fields.ts';

/** Why the scheduler's verdict about a pod may be wrong. */
export interface Doubt {
  /** Completes "node-2 has room, but …". */
  readonly reason: string;
  /** Its plugins that may reject the pod by mistake; a rejection by others only is right. */
  readonly plugins: readonly string[];
}

const DEFAULT_SCHEDULER = 'default-scheduler';
const VOLUME_PLUGINS = ['VolumeBinding', 'VolumeZone', 'NodeVolumeLimits', 'VolumeRestrictions'];

interface KindUse {
  readonly kinds: readonly string[];
  readonly plugins: readonly string[];
  readonly isUsedBy: (fields: TemplateFields) => boolean;
}

const KIND_USES: readonly KindUse[] = [
  {
    kinds: ['StorageClass', 'CSINode', 'CSIDriver', 'CSIStorageCapacity'],
    plugins: VOLUME_PLUGINS,
    isUsedBy: ({ usesVolumes }) => usesVolumes,
  },
  {
    kinds: ['ResourceClaim', 'ResourceClaimTemplate', 'ResourceSlice', 'DeviceClass'],
    plugins: ['DynamicResources'],
    isUsedBy: ({ usesDevices }) => usesDevices,
  },
  { kinds: ['Namespace'], plugins: ['InterPodAffinity'], isUsedBy: ({ selectsNamespaces }) => selectsNamespaces },
];

/** Returns the function that finds the doubt about a pod that is created from a template; undefined when there is none. */
export const toDoubtFinder = (
  facts: SchedulerFacts,
): ((pod: PodFacts, template: SchedulerObject) => Doubt | undefined) => {
  const areNamespacesNeeded = facts.templates.some((template) => toTemplateFields(template).repelsByNamespace);
  return (pod, template) => {
    const fields = toTemplateFields(template);
    const selectsNamespaces = fields.selectsNamespaces || areNamespacesNeeded;
    return findOwnDoubt(fields) ?? findUnread({ ...fields, selectsNamespaces }, facts) ?? findNewVolume(pod, facts);
  };
};

const findOwnDoubt = ({ schedulerName, hasSchedulingGate, isOfGroup }: TemplateFields): Doubt | undefined => {
  if (schedulerName !== DEFAULT_SCHEDULER) {
    return { reason: `the pod uses scheduler ${schedulerName}`, plugins: [] };
  }
  if (hasSchedulingGate) return { reason: 'the pod has a scheduling gate', plugins: [] };
  return isOfGroup ? { reason: 'the pod is scheduled together with its group', plugins: [] } : undefined;
};

const findUnread = (fields: TemplateFields, { objects }: SchedulerFacts): Doubt | undefined => {
  for (const { kinds, plugins, isUsedBy } of KIND_USES) {
    const unread = kinds.filter((kind) => !(kind in objects));
    if (unread.length > 0 && isUsedBy(fields)) {
      return { reason: `the scheduler also reads ${unread.join(', ')}, which could not be read`, plugins };
    }
  }
  return undefined;
};

const findNewVolume = (pod: PodFacts, { objects }: SchedulerFacts): Doubt | undefined => {
  const claim = findClaimBoundAnywhere(objects, pod);
  if (claim === undefined) return undefined;
  return {
    reason: `where the volume of its claim ${claim} will be created is not evaluated`,
    plugins: VOLUME_PLUGINS,
  };
};
