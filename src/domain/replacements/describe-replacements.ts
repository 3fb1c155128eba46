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

const MAX_NAMES = 20;

/** Notes for the report: which workloads were as available as before, when, and which were not waited for. Pure. */
export const describeReplacements = (
  workloads: readonly ReplacedWorkload[],
  ends: readonly ReplacementEnd[],
): readonly string[] => {
  const atOnce = ends.filter(({ isReplaced, seconds }) => isReplaced && seconds === 0);
  const later = ends.filter(({ isReplaced, seconds }) => isReplaced && seconds > 0);
  const never = ends.filter(({ isReplaced }) => !isReplaced);
  const unknown = workloads.filter(({ readyBefore }) => readyBefore === undefined);
  return [
    ...toNote('replacements were Ready when the node was empty', atOnce, ({ message }) => message),
    ...toNote(
      'replacements became Ready after the node was empty',
      later,
      (end) => `${end.message}, after ${end.seconds} s`,
    ),
    ...toNote('replacements were not Ready at the deadline (onTimeout: delete)', never, ({ message }) => message),
    ...toNote('replacements not waited for, because the number of wanted replicas is unknown', unknown, toReplacedName),
  ];
};

const toNote = <Item>(title: string, items: readonly Item[], toText: (item: Item) => string): readonly string[] =>
  items.length === 0 ? [] : [`${title}: ${toShortList(items.map(toText), MAX_NAMES, '; ')}`];
