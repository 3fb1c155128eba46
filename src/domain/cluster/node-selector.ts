import type { NodeFacts, NodeSelectorRequirement, NodeSelectorTerm, PodFacts, Taint, Toleration } from './facts.ts';
import { matchesRequirement } from './label-selector.ts';

/** The taint that corresponds to a cordon. */
export const UNSCHEDULABLE_TAINT: Taint = { key: 'node.kubernetes.io/unschedulable', value: '', effect: 'NoSchedule' };

type SelectableNode = Pick<NodeFacts, 'name' | 'labels'>;

/**
 * Terms are ORed, the requirements of a term ANDed; no terms, and a term without requirements, match no node
 * (k/k `component-helpers/scheduling/corev1/nodeaffinity`).
 */
export const matchesNodeSelectorTerms = (node: SelectableNode, terms: readonly NodeSelectorTerm[]): boolean =>
  terms.some((term) => matchesTerm(node, term));

/** `nodeSelector` and required node affinity: both must match. */
export const selectsNode = (
  { nodeSelector, requiredNodeAffinity }: Pick<PodFacts, 'nodeSelector' | 'requiredNodeAffinity'>,
  node: SelectableNode,
): boolean =>
  Object.entries(nodeSelector).every(([key, value]) => node.labels[key] === value) &&
  (requiredNodeAffinity === undefined || matchesNodeSelectorTerms(node, requiredNodeAffinity));

/** Empty key with Exists tolerates every taint, an empty effect every effect (k/k `core/v1/toleration.go`). */
export const toleratesTaint = (tolerations: readonly Toleration[], taint: Taint): boolean =>
  tolerations.some((toleration) => {
    if (toleration.effect !== '' && toleration.effect !== taint.effect) return false;
    if (toleration.key !== '' && toleration.key !== taint.key) return false;
    return toleration.operator === 'Exists' || toleration.value === taint.value;
  });

const matchesTerm = (node: SelectableNode, { matchExpressions, matchFields }: NodeSelectorTerm): boolean =>
  matchExpressions.length + matchFields.length > 0 &&
  matchExpressions.every((requirement) => matchesNodeRequirement(node.labels[requirement.key], requirement)) &&
  matchFields.every((requirement) => matchesField(node, requirement));

const matchesField = (node: SelectableNode, requirement: NodeSelectorRequirement): boolean =>
  requirement.key === 'metadata.name' && matchesNodeRequirement(node.name, requirement);

const matchesNodeRequirement = (value: string | undefined, { operator, values }: NodeSelectorRequirement): boolean => {
  switch (operator) {
    case 'Gt':
      return compareIntegers(value, values, (left, right) => left > right);
    case 'Lt':
      return compareIntegers(value, values, (left, right) => left < right);
    default:
      return matchesRequirement(value, { operator, values });
  }
};

/** Anything but two integers matches nothing. */
const compareIntegers = (
  value: string | undefined,
  values: readonly string[],
  isInOrder: (left: number, right: number) => boolean,
): boolean => {
  const [bound] = values;
  if (value === undefined || bound === undefined || values.length !== 1) return false;
  return isInteger(value) && isInteger(bound) && isInOrder(Number(value), Number(bound));
};

const isInteger = (text: string): boolean => /^[+-]?\d+$/.test(text);
