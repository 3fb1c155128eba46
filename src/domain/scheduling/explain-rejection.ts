import type { NodeFacts, NodeSelectorTerm, PodAffinityTerm, PodFacts } from '../cluster/facts.ts';
import { matchesLabelSelector, toSelectorText } from '../cluster/label-selector.ts';
import { selectsNode } from '../cluster/node-selector.ts';
import type { NoPlace } from './placement-trial.ts';

interface Surroundings {
  /** All nodes, those to remove included. */
  readonly nodes: readonly NodeFacts[];
  readonly removedNodeNames: readonly string[];
  readonly pods: readonly PodFacts[];
}

/**
 * What the pod requires and nothing in the cluster provides, as a clause with what to do: then more capacity does not help. Undefined when
 * the scheduler's plugins rejected it for other reasons.
 */
export const explainRejection = (
  pod: PodFacts,
  { plugins, message }: NoPlace,
  surroundings: Surroundings,
): string | undefined => {
  const { nodes, removedNodeNames, pods } = surroundings;
  const remaining = nodes.filter(({ name }) => !removedNodeNames.includes(name));
  if (plugins.includes('NodeAffinity') && !nodes.some((node) => selectsNode(pod, node))) {
    return `no node has the labels that it requires (${toRequiredLabels(pod)}): label a node, or change its node selector or node affinity`;
  }
  if (plugins.includes('InterPodAffinity') && message.includes("didn't match pod affinity rules")) {
    const unmet = pod.requiredPodAffinity.find((term) => !isProvided(term, pods, nodes));
    if (unmet !== undefined) return describeUnmet(unmet, nodes);
  }
  if (plugins.includes('PodTopologySpread') && message.includes('missing required label')) {
    const key = pod.requiredSpreadKeys.find((each) => !remaining.some(({ labels }) => each in labels));
    if (key !== undefined) {
      return `no other node has the label ${key}, over which it has to be spread: label the nodes, or change its topology spread`;
    }
  }
  return undefined;
};

const toRequiredLabels = ({ nodeSelector, requiredNodeAffinity = [] }: PodFacts): string => {
  const selector = Object.entries(nodeSelector).map(([key, value]) => `${key}: ${value}`);
  const affinity = requiredNodeAffinity.map(describeTerm).filter((text) => text !== '');
  return [...selector, ...(affinity.length === 0 ? [] : [affinity.join(' or ')])].join(', ');
};

/** Its requirements, e.g. `zone: a, b and gpu Exists`. */
export const describeTerm = ({ matchExpressions, matchFields }: NodeSelectorTerm): string =>
  [...matchExpressions, ...matchFields]
    .map(({ key, operator, values }) =>
      operator === 'In' ? `${key}: ${values.join(', ')}` : `${key} ${operator} ${values.join(', ')}`.trim(),
    )
    .join(' and ');

const isProvided = (
  { selector, namespaces, topologyKey }: PodAffinityTerm,
  pods: readonly PodFacts[],
  nodes: readonly NodeFacts[],
): boolean =>
  nodes.some(({ labels }) => topologyKey in labels) &&
  (namespaces === undefined ||
    pods.some(
      ({ namespace, labels, nodeName }) =>
        nodeName !== '' && namespaces.includes(namespace) && matchesLabelSelector(labels, selector),
    ));

const describeUnmet = ({ selector, topologyKey }: PodAffinityTerm, nodes: readonly NodeFacts[]): string =>
  nodes.some(({ labels }) => topologyKey in labels)
    ? `no running pod has the labels that its pod affinity requires (${selector === undefined ? 'none' : toSelectorText(selector)}): start such a pod, or change its pod affinity`
    : `no node has the label ${topologyKey}, to which its pod affinity refers: label the nodes, or change its pod affinity`;
