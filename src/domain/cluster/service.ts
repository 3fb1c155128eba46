import type { PodFacts } from './facts.ts';
import { selectPods } from './select-pods.ts';

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
  /** Traffic from outside reaches only pods of the node at which it arrives (`externalTrafficPolicy: Local`); absent: pods of every node. */
  readonly isLocalOnly?: true;
}

/** Whether the Service sends requests to the pod while that is Ready. */
export const selectsPod = (
  { namespace, selector }: Pick<ServiceFacts, 'namespace' | 'selector'>,
  pod: Pick<PodFacts, 'namespace' | 'labels'>,
): boolean => {
  const labels = Object.entries(selector);
  return namespace === pod.namespace && labels.length > 0 && labels.every(([key, value]) => pod.labels[key] === value);
};

/** Those of the pods that `selectsPod` is true for, by the index of `selectPods`: for hundreds of Services and tens of thousands of pods. */
export const selectPodsOfService = (
  pods: readonly PodFacts[],
  { namespace, selector }: Pick<ServiceFacts, 'namespace' | 'selector'>,
): readonly PodFacts[] => {
  if (Object.keys(selector).length === 0) return [];
  return selectPods(pods, { matchLabels: selector, matchExpressions: [] }).filter((pod) => pod.namespace === namespace);
};
