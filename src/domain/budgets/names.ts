import type { WorkloadFacts } from '../cluster/facts.ts';
import { toStableHash } from '../text/stable-hash.ts';

const MAX_NAME_LENGTH = 253;
const SUFFIX = '-pdb';

/** `<workload>-pdb`. At most 253 characters: a longer name is cut and gets a hash of the workload's name. */
export const toBudgetNameFor = (workload: Pick<WorkloadFacts, 'name'>): string => toShortName(workload.name, SUFFIX);

/** `<workload>-<kind>-pdb`, used when the plain name is the name of a budget that selects other pods. */
export const toBudgetNameWithKind = (workload: Pick<WorkloadFacts, 'name' | 'kind'>): string =>
  toShortName(workload.name, `-${workload.kind.toLowerCase()}${SUFFIX}`);

const toShortName = (name: string, suffix: string): string => {
  if (name.length + suffix.length <= MAX_NAME_LENGTH) return name + suffix;
  const tail = `-${toStableHash(name)}${suffix}`;
  // The parts of a DNS name must not end with a dash or a dot.
  return name.slice(0, MAX_NAME_LENGTH - tail.length).replace(/[-.]+$/, '') + tail;
};
