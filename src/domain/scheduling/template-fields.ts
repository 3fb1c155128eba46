import { isJsonObject, type JsonObject } from '../text/json-text.ts';
import type { SchedulerObject } from './scheduler-facts.ts';

/** What decides whether the scheduler's verdict about a pod of this template can be trusted. */
export interface TemplateFields {
  readonly schedulerName: string;
  readonly hasSchedulingGate: boolean;
  /** Is scheduled together with the other pods of a group. */
  readonly isOfGroup: boolean;
  readonly usesVolumes: boolean;
  /** Of dynamic resource allocation. */
  readonly usesDevices: boolean;
  /** Selects other pods by the labels of their namespaces. */
  readonly selectsNamespaces: boolean;
  /** Its anti-affinity keeps away pods that it selects by the labels of their namespaces. */
  readonly repelsByNamespace: boolean;
}

/** Reads a template tolerantly: an owner of a custom kind may have anything there. */
export const toTemplateFields = (template: SchedulerObject): TemplateFields => {
  const spec = toObject(template['spec']);
  const { podAffinity, podAntiAffinity } = toObject(spec['affinity']);
  const { schedulerName } = spec;
  const repelsByNamespace = toRequiredTerms(podAntiAffinity).some(hasNamespaceSelector);
  return {
    schedulerName: typeof schedulerName === 'string' && schedulerName !== '' ? schedulerName : 'default-scheduler',
    hasSchedulingGate: toList(spec['schedulingGates']).length > 0,
    isOfGroup: spec['schedulingGroup'] !== undefined,
    usesVolumes: toList(spec['volumes']).length > 0,
    usesDevices: toList(spec['resourceClaims']).length > 0,
    selectsNamespaces: repelsByNamespace || toRequiredTerms(podAffinity).some(hasNamespaceSelector),
    repelsByNamespace,
  };
};

/** The member as an object; an empty one when it is anything else. */
export const toObject = (value: unknown): JsonObject => (isJsonObject(value) ? value : {});

/** The member as a list; an empty one when it is anything else. */
export const toList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const toRequiredTerms = (affinity: unknown): readonly unknown[] =>
  toList(toObject(affinity)['requiredDuringSchedulingIgnoredDuringExecution']);

const hasNamespaceSelector = (term: unknown): boolean => toObject(term)['namespaceSelector'] !== undefined;
