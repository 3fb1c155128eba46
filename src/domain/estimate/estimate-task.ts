import type { DrainEstimate, TaskEstimate } from './drain-estimate.ts';

/** Of the drains of all nodes together; unknown when one of them is. Pure. */
export const estimateTask = (drains: readonly DrainEstimate[]): TaskEstimate => {
  const likely = sum(drains.map(({ likelySeconds }) => likelySeconds));
  const longest = sum(drains.map(({ longestSeconds }) => longestSeconds));
  return {
    ...(likely === undefined || longest === undefined ? {} : { likelySeconds: likely, longestSeconds: longest }),
    assumptions: [...ASSUMPTIONS, ...(drains.length > 1 ? [ONE_AFTER_ANOTHER] : [])],
  };
};

const ASSUMPTIONS = [
  'Without the detachment of volumes and the cleanup of hosts.',
  'The shorter time assumes that pods end at once and that replacements become Ready as fast as the pods that run now did; the longer one that every pod uses its grace period and every replacement is as slow as the slowest of them.',
  'Both assume that replacements find a place at once, and that no other client uses the budgets.',
] as const;
const ONE_AFTER_ANOTHER = 'The times of the nodes are added up, as if they were drained one after another.';

const sum = (seconds: readonly (number | undefined)[]): number | undefined => {
  const known = seconds.filter((each) => each !== undefined);
  return known.length < seconds.length ? undefined : known.reduce((total, each) => total + each, 0);
};
