import { toReplacedName, type ReplacedWorkload } from '../replacements/replaced-workload.ts';
import { toShortList } from '../text/counts.ts';
import type { Steering } from './steering.ts';

/** What a node knows about the wait for the replacements of its pods. */
export interface ReplacementWaitFacts {
  readonly nodeName: string;
  /** That the node waits for now. */
  readonly awaited: readonly ReplacedWorkload[];
  /** That an operator has ended the wait for. */
  readonly skipped: readonly ReplacedWorkload[];
}

const MAX_NAMES = 5;

/**
 * The workloads that are not waited for any longer; empty: the message is a repetition. Otherwise a sentence that describes why it is refused:
 * like an approval, it is for a state that an operator has seen. `wanted`: undefined, every workload that the node waits for. Pure.
 */
export const judgeReplacementSkip = (
  wanted: Steering['workload'],
  { nodeName, awaited, skipped }: ReplacementWaitFacts,
): readonly ReplacedWorkload[] | string => {
  const isWanted = ({ namespace, owner }: ReplacedWorkload): boolean =>
    wanted === undefined || (namespace === wanted.namespace && owner.name === wanted.name);
  const found = awaited.filter(isWanted);
  if (found.length > 0 || skipped.some(isWanted)) return found;
  if (awaited.length === 0)
    return `node ${nodeName} does not wait for replacements now, so skipReplacements has nothing to act on. \`status\` shows when it does.`;
  return `node ${nodeName} does not wait for workload ${wanted?.namespace ?? ''}/${wanted?.name ?? ''}, but for ${toShortList(awaited.map(toReplacedName), MAX_NAMES)}.`;
};
