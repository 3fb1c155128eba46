import type { ListedDecommission } from '../../client/list-decommissions.ts';

/** A listed decommission as a choice: its workflow id, and its nodes as far as the list has them. Pure. */
export const toDecommissionName = ({ workflowId, nodeNames }: ListedDecommission): string =>
  `${workflowId} (${nodeNames || 'nodes unknown'})`;

/** E.g. `a`, `a and b`, `a, b and c`. Pure. */
export const toEnumeration = (names: readonly string[]): string => {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
};
