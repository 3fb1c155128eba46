import type { V1EndpointSlice } from '@kubernetes/client-node';
import type { EndpointFacts } from '../../domain/cluster/facts.ts';
import type { Wire } from '../transport/wire.ts';

/** The label of a slice that the EndpointSlice controller writes for a Service (k/k `discovery/v1`, `LabelServiceName`). */
const SERVICE_NAME = 'kubernetes.io/service-name';

/** The endpoints of one slice that are pods; none of a slice without a Service. An unknown readiness counts as ready, as for kube-proxy. */
export const toEndpointFacts = ({
  metadata,
  addressType,
  endpoints,
}: Wire<V1EndpointSlice>): readonly EndpointFacts[] => {
  const service = metadata?.labels?.[SERVICE_NAME];
  if (service === undefined) return [];
  return (endpoints ?? []).flatMap(({ targetRef, conditions }) =>
    targetRef?.kind === 'Pod' && targetRef.uid !== undefined
      ? [{ serviceKey: `${service} ${addressType}`, podUid: targetRef.uid, ready: conditions?.ready ?? true }]
      : [],
  );
};
