import type { PodFacts } from './facts.ts';

/** A Service that selects pods, or that has an address. */
export interface ServiceFacts {
  readonly namespace: string;
  readonly name: string;
  /** Empty: its endpoints are managed by other means than a selector. */
  readonly selector: Readonly<Record<string, string>>;
  /** IP addresses and host names under which it is reached inside the cluster: its cluster IPs. Empty for a headless Service. */
  readonly clusterIPs: readonly string[];
  /** The same for clients outside of the cluster: external IPs and what its load balancer has. */
  readonly externalAddresses: readonly string[];
}

/** Whether the Service sends requests to the pod while that is Ready. */
export const selectsPod = (
  { namespace, selector }: Pick<ServiceFacts, 'namespace' | 'selector'>,
  pod: Pick<PodFacts, 'namespace' | 'labels'>,
): boolean => {
  const labels = Object.entries(selector);
  return namespace === pod.namespace && labels.length > 0 && labels.every(([key, value]) => pod.labels[key] === value);
};
