import type { V1LabelSelector, V1ObjectMeta } from '@kubernetes/client-node';
import { SURGE_LABEL } from '../../domain/cluster/annotations.ts';
import type { LabelSelector, WorkloadFacts } from '../../domain/cluster/facts.ts';
import { parseLabelSelector, toLabelSelector } from './to-label-selector.ts';
import { toController, toIdentity } from './to-metadata.ts';
import { toTemplateFacts } from './to-template-facts.ts';
import type { Wire } from '../transport/wire.ts';

/** The fields that are read from objects that own pods; custom kinds may contain anything. */
export interface WorkloadObject {
  readonly metadata?: Wire<V1ObjectMeta>;
  readonly spec?: {
    readonly replicas?: unknown;
    readonly selector?: unknown;
    readonly template?: unknown;
  };
  readonly status?: unknown;
}

/** The scale subresource (`autoscaling/v1` Scale). */
export interface ScaleObject {
  readonly spec?: { readonly replicas?: number };
  readonly status?: { readonly selector?: string };
}

export interface WorkloadKind {
  readonly apiVersion: string;
  readonly kind: string;
  /** Has a replica count, so an absent one means 1. */
  readonly scalable: boolean;
}

/** @param scale Required for kinds whose own fields are not known to be replica count and selector. */
export const toWorkloadFacts = (
  workloadKind: WorkloadKind,
  workload: WorkloadObject,
  scale?: ScaleObject,
): WorkloadFacts => {
  const { namespace, name, uid } = toIdentity(workload.metadata);
  const replicas = toReplicas(workloadKind, workload, scale);
  const selector = parseLabelSelector(scale?.status?.selector ?? '') ?? toSpecSelector(workload.spec?.selector);
  const controller = toController(workload.metadata);
  return {
    apiVersion: workloadKind.apiVersion,
    kind: workloadKind.kind,
    namespace,
    name,
    uid,
    ...(replicas === undefined ? {} : { replicas, ...toReadyReplicas(workloadKind, workload) }),
    ...(selector === undefined ? {} : { selector }),
    ...(controller === undefined ? {} : { controller }),
    ...toSurgeFacts(workload),
    ...toTemplateNodeName(workload.spec?.template),
    ...toTemplateFacts(workloadKind.apiVersion, workloadKind.kind, workload),
  };
};

const toSurgeFacts = ({ metadata }: WorkloadObject): Pick<WorkloadFacts, 'surgeLabel'> => {
  const surgeLabel = metadata?.labels?.[SURGE_LABEL];
  return surgeLabel === undefined ? {} : { surgeLabel };
};

/** Of a pod template; custom kinds may have anything there. */
const toTemplateNodeName = (template: unknown): Pick<WorkloadFacts, 'templateNodeName'> => {
  const nodeName = (template as { readonly spec?: { readonly nodeName?: unknown } } | undefined)?.spec?.nodeName;
  return typeof nodeName === 'string' && nodeName !== '' ? { templateNodeName: nodeName } : {};
};

const toReplicas = (kind: WorkloadKind, workload: WorkloadObject, scale?: ScaleObject): number | undefined => {
  const own = workload.spec?.replicas;
  return scale?.spec?.replicas ?? (typeof own === 'number' ? own : kind.scalable ? 1 : undefined);
};

/** Of the built-in kinds, whose status leaves out a zero. */
const BUILT_IN: readonly string[] = ['apps/v1', 'v1'];

const toReadyReplicas = (
  { apiVersion }: WorkloadKind,
  { status }: WorkloadObject,
): Pick<WorkloadFacts, 'readyReplicas'> => {
  const { readyReplicas } = (status ?? {}) as { readonly readyReplicas?: unknown };
  if (typeof readyReplicas === 'number') return { readyReplicas };
  return BUILT_IN.includes(apiVersion) ? { readyReplicas: 0 } : {};
};

/** A LabelSelector, or the plain map of labels that a ReplicationController has. */
const toSpecSelector = (selector: unknown): LabelSelector | undefined => {
  if (typeof selector !== 'object' || selector === null) {
    return undefined;
  }
  if (Object.keys(selector).length > 0 && Object.values(selector).every((value) => typeof value === 'string')) {
    return { matchLabels: { ...(selector as Readonly<Record<string, string>>) }, matchExpressions: [] };
  }
  return isLabelSelector(selector) ? toLabelSelector(selector) : undefined;
};

const isLabelSelector = (selector: object): selector is Wire<V1LabelSelector> =>
  Object.keys(selector).every((key) => key === 'matchLabels' || key === 'matchExpressions');
