import { toCountText, toMoreText } from '../text/counts.ts';
import type { Leftover } from './leftover.ts';

/** One leftover, for a history. */
export type ListedLeftover = Pick<Leftover, 'kind' | 'object' | 'what' | 'taskId' | 'workflowId' | 'task' | 'stays'>;

/** The result of the workflow `janitor`: what ended tasks have left in a cluster. */
export interface LeftoverList {
  readonly version: 1;
  readonly cluster: string;
  /** Of all leftovers. */
  readonly count: number;
  /** The first ones, at most `MAX_LISTED`. */
  readonly leftovers: readonly ListedLeftover[];
  /** What could not be searched, as phrases. */
  readonly notChecked: readonly string[];
}

/** Far below the 2 MB above which a server refuses a result. */
export const MAX_LISTED = 200;
const MAX_NAMED = 5;

/** Bounded, and without what only an undo needs. Pure. */
export const toLeftoverList = (
  cluster: string,
  leftovers: readonly Leftover[],
  notChecked: readonly string[],
): LeftoverList => ({
  version: 1,
  cluster,
  count: leftovers.length,
  leftovers: leftovers.slice(0, MAX_LISTED).map(toListed),
  notChecked,
});

const toListed = ({ kind, object, what, taskId, workflowId, task, stays }: Leftover): ListedLeftover => ({
  kind,
  object,
  what,
  ...(taskId === undefined ? {} : { taskId }),
  ...(workflowId === undefined ? {} : { workflowId }),
  task,
  ...(stays === undefined ? {} : { stays }),
});

/** Sentences about a list that is not empty, with the command that shows and undoes it. Pure. */
export const describeLeftovers = ({ cluster, count, leftovers }: LeftoverList): string => {
  const named = leftovers.slice(0, MAX_NAMED).map(({ object, what }) => `${object} (${what})`);
  const more = toMoreText(count, named.length);
  return (
    `ended tasks have left ${toCountText(count, 'change')} in cluster ${cluster}: ${named.join(', ')}${more === '' ? '' : ` ${more}`}. ` +
    `To list them with commands, run \`node-decommission janitor --cluster ${cluster}\`; to undo them, add \`--undo\`.`
  );
};
