import type { Attribution } from '../run/attribution.ts';
import { toShortList } from '../text/counts.ts';
import { toReplacedName, type ReplacedWorkload } from './replaced-workload.ts';

/** One workload at the end of the wait for its replacements. */
export interface ReplacementEnd {
  /** E.g. `Deployment shop/web`. */
  readonly workload: string;
  readonly isReplaced: boolean;
  /** From the begin of the wait until it was replaced, or until the deadline. */
  readonly seconds: number;
  /** As `ReplacementState.message`. */
  readonly message: string;
}

/** By the name of the workload, e.g. `Deployment shop/web`: who has ended the wait for it, and why. */
export type EndedWaits = ReadonlyMap<string, Attribution>;

const MAX_NAMES = 20;

/**
 * Notes for the report: which workloads were as available as before, when, and which were not waited for. `ended`: those that an operator did not
 * want to wait for. Pure.
 */
export const describeReplacements = (
  workloads: readonly ReplacedWorkload[],
  ends: readonly ReplacementEnd[],
  ended: EndedWaits = new Map(),
): readonly string[] => {
  const atOnce = ends.filter(({ isReplaced, seconds }) => isReplaced && seconds === 0);
  const later = ends.filter(({ isReplaced, seconds }) => isReplaced && seconds > 0);
  const never = ends.filter(({ isReplaced, workload }) => !isReplaced && !ended.has(workload));
  const skipped = ends.flatMap(({ isReplaced, workload, message }) => {
    const attribution = isReplaced ? undefined : ended.get(workload);
    return attribution === undefined ? [] : [{ message, ...attribution }];
  });
  const unknown = workloads.filter(({ readyBefore }) => readyBefore === undefined);
  return [
    ...toNote('replacements were Ready when the node was empty', atOnce, ({ message }) => message),
    ...toNote(
      'replacements became Ready after the node was empty',
      later,
      (end) => `${end.message}, after ${end.seconds} s`,
    ),
    ...toNote('replacements were not Ready at the deadline (onTimeout: delete)', never, ({ message }) => message),
    ...toNote(
      'replacements were not Ready when an operator ended the wait',
      skipped,
      ({ message, by, reason }) => `${message} (by ${by}: ${reason})`,
    ),
    ...toNote('replacements not waited for, because the number of wanted replicas is unknown', unknown, toReplacedName),
  ];
};

const toNote = <Item>(title: string, items: readonly Item[], toText: (item: Item) => string): readonly string[] =>
  items.length === 0 ? [] : [`${title}: ${toShortList(items.map(toText), MAX_NAMES, '; ')}`];
