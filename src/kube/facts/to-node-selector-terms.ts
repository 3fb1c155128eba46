import type { V1NodeSelector, V1NodeSelectorRequirement } from '@kubernetes/client-node';
import type { NodeSelectorRequirement, NodeSelectorTerm } from '../../domain/cluster/facts.ts';
import type { Wire } from '../transport/wire.ts';

/** Terms of a node selector, as used by pods (required node affinity) and PersistentVolumes. */
export const toNodeSelectorTerms = (selector: Wire<V1NodeSelector>): readonly NodeSelectorTerm[] =>
  selector.nodeSelectorTerms.map((term) => ({
    matchExpressions: (term.matchExpressions ?? []).map(toRequirement),
    matchFields: (term.matchFields ?? []).map(toRequirement),
  }));

const toRequirement = (requirement: Wire<V1NodeSelectorRequirement>): NodeSelectorRequirement => ({
  key: requirement.key,
  operator: requirement.operator as NodeSelectorRequirement['operator'],
  values: requirement.values ?? [],
});
