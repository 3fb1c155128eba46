import type { V1Service } from '@kubernetes/client-node';
import type { ServiceFacts } from '../../domain/cluster/service.ts';
import type { Wire } from '../transport/wire.ts';
import { toIdentity } from './to-metadata.ts';

type Service = Wire<V1Service>;

export const toServiceFacts = (service: Service): ServiceFacts => {
  const { namespace, name } = toIdentity(service.metadata);
  const { spec = {} } = service;
  return {
    namespace,
    name,
    // The selector of an ExternalName Service has no effect.
    selector: spec.type === 'ExternalName' ? {} : (spec.selector ?? {}),
    clusterIPs: (spec.clusterIPs ?? []).filter((address) => address !== 'None'),
    externalAddresses: toExternalAddresses(service),
    ...(spec.externalTrafficPolicy === 'Local' ? { isLocalOnly: true } : {}),
  };
};

const toExternalAddresses = ({ spec, status }: Service): readonly string[] => {
  const loadBalancer = (status?.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname }) => [ip, hostname]);
  return [...(spec?.externalIPs ?? []), ...loadBalancer].filter((address) => address !== undefined);
};
