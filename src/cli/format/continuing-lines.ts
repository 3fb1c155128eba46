import type { CancelAnswer } from '../../client/decommission-handle.ts';
import { describePointOfNoReturn } from '../../domain/run/point-of-no-return.ts';
import { toShortList } from '../../domain/text/counts.ts';

const MAX_NAMES = 10;

/** Which nodes a cancellation does not stop, which it undoes, and why that does not begin, one line each; empty when everything is undone. Pure. */
export const toContinuingLines = ({ continuing, undoneNodeNames, obstacle }: CancelAnswer): readonly string[] => [
  ...continuing.map(
    (point) => `continues ${point.nodeName ?? 'the task'}: ${describePointOfNoReturn(point)} and cannot be undone`,
  ),
  ...(undoneNodeNames.length === 0 ? [] : [`undone    ${toShortList(undoneNodeNames, MAX_NAMES)}: not started`]),
  ...(obstacle === undefined ? [] : [`waits     no worker begins with it: ${obstacle}`]),
];
