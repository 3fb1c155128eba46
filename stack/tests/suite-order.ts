/**
 * The longest end-to-end suites, in the order of their start; all others follow. A long suite that starts last leaves the other workers idle.
 * Suites with real nodes are a project of their own: the first two have four hosts, and a machine has room for five.
 */
export const LONGEST_SUITES: readonly string[] = [
  'host-refusals',
  'host-variants',
  'undo-during-outage',
  'host-parked',
  'crashes',
  'run-embedded',
  'bad-input',
  'agreement',
  'faults',
  'kubectl-conformance',
  'host-connection-lost',
  'entry-points',
  'host-layouts',
  'cancel',
  'small-cases',
  'package',
  'demo',
  'default-waits',
  'run-beside-suspended',
  'mixed-workloads',
  'foreign-changes',
  'real-node',
  'rights',
  'parked',
  'decommission-host',
  'late-pods',
  'volumes',
  'temporal-on-postgresql',
  'doctor',
];

/** Suites of `LONGEST_SUITES` first, in that order; the others keep their order. */
export const orderSuites = <Suite extends { readonly path: string }>(suites: readonly Suite[]): Suite[] => {
  const rankOf = ({ path }: Suite): number => {
    const rank = LONGEST_SUITES.findIndex((name) => path.endsWith(`/test/e2e/${name}.test.ts`));
    return rank < 0 ? LONGEST_SUITES.length : rank;
  };
  return suites
    .map((suite, index) => ({ suite, index, rank: rankOf(suite) }))
    .sort((one, other) => one.rank - other.rank || one.index - other.index)
    .map(({ suite }) => suite);
};
