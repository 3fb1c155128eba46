import type { V1PodAffinityTerm, V1PodSpec } from '@kubernetes/client-node';
import type { PodAffinityTerm, PodFacts } from '../../domain/cluster/facts.ts';
import type { Wire } from '../transport/wire.ts';
import { toLabelSelector } from './to-label-selector.ts';
import { toNodeSelectorTerms } from './to-node-selector-terms.ts';

type AffinityFacts = Pick<PodFacts, 'requiredNodeAffinity' | 'requiredPodAffinity' | 'requiredSpreadKeys'>;

/** What a pod requires of the labels of nodes and of other pods. Preferences are left out. `namespace`: of the pod. */
export const toAffinityFacts = (spec: Wire<V1PodSpec>, namespace: string): AffinityFacts => {
  const { nodeAffinity, podAffinity } = spec.affinity ?? {};
  const ofNodes = nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const ofPods = podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  return {
    ...(ofNodes === undefined ? {} : { requiredNodeAffinity: toNodeSelectorTerms(ofNodes) }),
    requiredPodAffinity: ofPods.map((term) => toPodAffinityTerm(term, namespace)),
    requiredSpreadKeys: (spec.topologySpreadConstraints ?? [])
      .filter(({ whenUnsatisfiable }) => whenUnsatisfiable === 'DoNotSchedule')
      .map(({ topologyKey }) => topologyKey),
  };
};

/** Without namespaces and a selector of them, the pod's own namespace is meant. */
const toPodAffinityTerm = (term: Wire<V1PodAffinityTerm>, namespace: string): PodAffinityTerm => {
  const selector = toLabelSelector(term.labelSelector);
  const names = term.namespaces ?? [];
  return {
    topologyKey: term.topologyKey,
    ...(selector === undefined ? {} : { selector }),
    ...(term.namespaceSelector === undefined ? { namespaces: names.length > 0 ? names : [namespace] } : {}),
  };
};
