/**
 * End-to-end suites that take longest, in the order in which they are begun; all others follow. What begins last and takes long leaves
 * the other workers idle. Of suites with real nodes no more than two are neighbours: a machine has room for six hosts.
 */
export const LONGEST_SUITES: readonly string[] = [
  'host-refusals',
  'undo-under-fire',
  'host-parked',
  'crashes',
  'run-embedded',
  'bad-input',
  'kubectl-conformance',
  'host-connection-lost',
  'entry-points',
  'cancel',
  'package',
  'demo',
  'default-waits',
  'run-beside-suspended',
  'host-worker-lost',
  'mixed-workloads',
  'somebody-else',
  'real-node',
  'rights',
  'host-answers',
  'parked',
  'decommission-host',
  'late-pods',
  'doctor',
];

/** Those of `LONGEST_SUITES` first, in that order; the rest keeps the order that it has. */
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
