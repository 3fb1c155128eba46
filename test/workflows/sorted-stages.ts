/** Calls in stages of these sizes, each sorted: within a stage, nodes are undone side by side. */
export const toSortedStages = (calls: readonly string[], sizes: readonly number[]): readonly (readonly string[])[] => {
  const left = [...calls];
  return sizes.map((size) => left.splice(0, size).sort());
};
