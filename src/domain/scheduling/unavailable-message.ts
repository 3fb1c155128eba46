/**
 * The scheduler's own sentence, e.g. `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable.` Takes one list of
 * reasons per node; each reason counts the nodes that give it (k/k `framework.FitError`).
 */
export const toUnavailableMessage = (reasonsByNode: readonly (readonly string[])[]): string => {
  const counts = new Map<string, number>();
  for (const reason of reasonsByNode.flat()) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const reasons = [...counts].map(([reason, count]) => `${count} ${reason}`).sort();
  const headline = `0/${reasonsByNode.length} nodes are available`;
  return reasons.length === 0 ? `${headline}.` : `${headline}: ${reasons.join(', ')}.`;
};
