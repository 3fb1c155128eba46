import type { NodeFacts } from '../cluster/facts.ts';
import { findPodsToMove } from './assess-nodes.ts';
import type { Assessment } from './assessment.ts';
import { acceptsPods, ZONE_LABEL } from '../cluster/node-state.ts';
import { compareText } from '../text/compare-text.ts';
import type { PreflightFacts } from './facts.ts';
import type { Observation } from './findings.ts';

/** Labels that group nodes: what a reader calls the group, by label. */
const GROUP_LABELS: Readonly<Record<string, string>> = {
  [ZONE_LABEL]: 'zone',
  'eks.amazonaws.com/nodegroup': 'node group',
  'cloud.google.com/gke-nodepool': 'node pool',
  'kubernetes.azure.com/agentpool': 'node pool',
};

/** No node, or none of a zone or pool, is left that accepts pods: even pods that fit now would lose their last place there. */
export const checkRemainingNodes = (facts: PreflightFacts, assessment: Assessment): readonly Observation[] => {
  const { nodes, request } = facts;
  const removed = nodes.filter(({ name }) => request.nodeNames.includes(name));
  const remaining = nodes.filter((node) => !request.nodeNames.includes(node.name) && acceptsPods(node));
  if (removed.length === 0) return [];
  // An empty node can be the last one.
  if (remaining.length === 0) return hasPodsToMove(assessment) ? [noOtherNode(request.nodeNames)] : [];
  return Object.entries(GROUP_LABELS).flatMap(([label, kind]) =>
    listValues(removed, label)
      .filter((value) => remaining.every(({ labels }) => labels[label] !== value))
      .map((value) => lastOfGroup(removed, label, kind, value)),
  );
};

const hasPodsToMove = ({ nodes }: Assessment): boolean => findPodsToMove(nodes).length > 0;

const noOtherNode = (nodeNames: readonly string[]): Observation => ({
  code: 'NoOtherNode',
  subject: nodeNames.join(', '),
  message: 'no other node is Ready and accepts pods, so every evicted pod would stay pending: add a node first',
});

const listValues = (nodes: readonly NodeFacts[], label: string): readonly string[] =>
  [...new Set(nodes.flatMap(({ labels }) => labels[label] ?? []))].sort(compareText);

const lastOfGroup = (removed: readonly NodeFacts[], label: string, kind: string, value: string): Observation => {
  const names = removed.filter(({ labels }) => labels[label] === value).map(({ name }) => name);
  const [are, nodes] = names.length === 1 ? ['is', 'node'] : ['are', 'nodes'];
  return {
    code: 'LastNodeOfGroup',
    subject: `${kind} ${value}`,
    message: `${names.join(', ')} ${are} the last ${nodes} of ${kind} ${value} (label ${label}) that ${names.length === 1 ? 'accepts' : 'accept'} pods: what must run there, and volumes of that ${kind}, will have no place`,
  };
};
