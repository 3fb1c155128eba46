import type { PodFacts, ResourceAmounts } from '../cluster/facts.ts';
import { acceptsPods } from '../cluster/node-state.ts';
import { isFinished } from '../cluster/pod-state.ts';
import { compareText } from '../text/compare-text.ts';
import type { PreflightFacts } from './facts.ts';

/** What the pods request together, beside what is free on the nodes that stay, e.g. `cpu 1500m (free: cpu 200m)`; never empty. */
export const toRoomText = (
  pods: readonly PodFacts[],
  facts: Pick<PreflightFacts, 'nodes' | 'pods' | 'request'>,
): string => {
  const requested = sumAmounts(pods.map(({ requests }) => requests));
  const free = toFreeAmounts(facts);
  const amounts = Object.keys(requested)
    .sort(compareText)
    .map((name) => `${toAmountText(name, requested[name] ?? 0)} (free: ${toAmountText(name, free[name] ?? 0)})`);
  return amounts.join(', ') || 'no resources';
};

/** Allocatable minus requests on the nodes that stay and accept pods. */
const toFreeAmounts = ({
  nodes,
  pods,
  request,
}: Pick<PreflightFacts, 'nodes' | 'pods' | 'request'>): ResourceAmounts => {
  const open = nodes.filter((node) => acceptsPods(node) && !request.nodeNames.includes(node.name));
  const names = new Set(open.map(({ name }) => name));
  const used = sumAmounts(
    pods.filter((pod) => names.has(pod.nodeName) && !isFinished(pod)).map(({ requests }) => requests),
  );
  const total = sumAmounts(open.map(({ allocatable }) => allocatable));
  return Object.fromEntries(Object.entries(total).map(([name, amount]) => [name, amount - (used[name] ?? 0)]));
};

const sumAmounts = (all: readonly ResourceAmounts[]): ResourceAmounts => {
  const sum: Record<string, number> = {};
  for (const amounts of all) {
    for (const [name, amount] of Object.entries(amounts)) sum[name] = (sum[name] ?? 0) + amount;
  }
  return sum;
};

const MEBIBYTE = 2 ** 20;

/** As Kubernetes writes quantities: `cpu 1500m`, `memory 512Mi`. */
const toAmountText = (name: string, amount: number): string => {
  if (name === 'cpu') return `cpu ${amount}m`;
  const isBytes = name === 'memory' || name === 'ephemeral-storage' || name.startsWith('hugepages-');
  return isBytes ? `${name} ${Math.round(amount / MEBIBYTE)}Mi` : `${name} ${amount}`;
};
