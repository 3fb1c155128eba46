import type { RunStatus } from './status.ts';

/** Search attributes of both workflows, all of type Keyword. Runs use those that are registered in their namespace. */
export const SEARCH_ATTRIBUTES = [
  'DecommissionCluster',
  'DecommissionNode',
  'DecommissionTask',
  'DecommissionPhase',
  'DecommissionOutcome',
] as const;

export type SearchAttributeName = (typeof SEARCH_ATTRIBUTES)[number];

/** Those of ours that a server lists with the type Keyword. `types`: by name; `keyword`: how the server names that type. Pure. */
export const findRegistered = (
  types: Readonly<Record<string, unknown>>,
  keyword: unknown,
): readonly SearchAttributeName[] =>
  SEARCH_ATTRIBUTES.filter((name) => Object.hasOwn(types, name) && types[name] === keyword);

/**
 * The value of each attribute; undefined where it has none. `DecommissionNode` only for one node: so it finds the workflow of a node, and
 * tasks of that node alone. Pure.
 */
export const toSearchAttributeValues = ({
  cluster,
  taskId,
  nodes,
  phase,
  outcome,
}: RunStatus): Readonly<Record<SearchAttributeName, string | undefined>> => ({
  DecommissionCluster: cluster,
  DecommissionNode: nodes.length === 1 ? nodes[0]?.nodeName : undefined,
  DecommissionTask: taskId,
  DecommissionPhase: phase,
  DecommissionOutcome: outcome,
});

/** The command that registers these attributes. Pure. */
export const toRegistrationCommand = (names: readonly SearchAttributeName[], namespace: string): string => {
  const flags = names.map((name) => ` --name ${name} --type Keyword`).join('');
  return `temporal operator search-attribute create --namespace ${namespace}${flags}`;
};
