import type { V1Deployment, V1PodTemplateSpec, V1ReplicaSet, V1StatefulSet } from '@kubernetes/client-node';
import type { WorkloadFacts } from '../../domain/cluster/facts.ts';
import { toPodTemplate } from '../scheduling/to-pod-template.ts';
import type { Wire } from '../transport/wire.ts';

type TemplateFacts = Pick<WorkloadFacts, 'podTemplate' | 'updateRevision' | 'firstUpdatedOrdinal'>;
type Reader = (workload: object) => TemplateFacts;

/** Of the kinds of `apps/v1` of which it is known which pods are recreated from the template. The API server validates them. */
const READERS: Readonly<Record<string, Reader>> = {
  Deployment: (workload) => {
    const { spec } = workload as Wire<V1Deployment>;
    // While its rollout is paused, pods are recreated by their ReplicaSets.
    return spec?.paused === true ? {} : toTemplate(spec?.template);
  },
  ReplicaSet: (workload) => toTemplate((workload as Wire<V1ReplicaSet>).spec?.template),
  StatefulSet: (workload) => toRevision(workload),
};

/** The template that a workload recreates its pods from; empty for other kinds. */
export const toTemplateFacts = (apiVersion: string, kind: string, workload: object): TemplateFacts =>
  apiVersion === 'apps/v1' ? (READERS[kind]?.(workload) ?? {}) : {};

const toTemplate = (template: Wire<V1PodTemplateSpec> | undefined): TemplateFacts =>
  template?.spec === undefined ? {} : { podTemplate: toPodTemplate(template) };

const toRevision = ({ spec, status }: Wire<V1StatefulSet>): TemplateFacts => {
  const { updateRevision } = status ?? {};
  return {
    ...toTemplate(spec?.template),
    ...(updateRevision === undefined ? {} : { updateRevision }),
    firstUpdatedOrdinal: toFirstUpdatedOrdinal(spec),
  };
};

/** The partition counts from the first ordinal. */
const toFirstUpdatedOrdinal = (spec: Wire<V1StatefulSet>['spec']): number => {
  const { ordinals, updateStrategy } = spec ?? {};
  return (ordinals?.start ?? 0) + (updateStrategy?.rollingUpdate?.partition ?? 0);
};
