import type { V2HorizontalPodAutoscaler } from '@kubernetes/client-node';
import type { AutoscalerFacts } from '../../domain/cluster/facts.ts';
import type { Wire } from '../transport/wire.ts';
import { toIdentity } from './to-metadata.ts';

export const toAutoscalerFacts = ({ metadata, spec }: Wire<V2HorizontalPodAutoscaler>): AutoscalerFacts => {
  const { namespace, name } = toIdentity(metadata);
  const { kind: targetKind, name: targetName } = spec.scaleTargetRef;
  return { namespace, name, targetKind, targetName };
};
