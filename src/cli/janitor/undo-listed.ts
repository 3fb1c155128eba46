import { setTimeout as pause } from 'node:timers/promises';
import { isSameLeftover, type Leftover } from '../../domain/janitor/leftover.ts';
import { toCountText } from '../../domain/text/counts.ts';
import type { Leftovers } from '../../inspect/leftovers.ts';
import type { Cluster } from '../../ports/cluster.ts';
import type { CliContext } from '../cli-context.ts';
import type { ExitStatus } from '../cli-failure.ts';
import { formatLeftovers, formatLeftoverUndo } from '../format/format-leftovers.ts';
import type { Output } from '../output.ts';
import { confirm } from '../confirmation/confirm.ts';

export interface UndoOptions {
  /** Without a question. */
  readonly yes?: boolean;
  /** An operator confirms that no Temporal runs the tasks whose workflow cannot be found. */
  readonly includeUnknown?: boolean;
}

/**
 * Undoes what `found` lists and what is still there after the answer of the operator. `find` reads again. Exit status 0 when nothing of it
 * is left, 1 when the operator declines, 4 when something stays, 130 when the question is interrupted.
 */
export const undoListed = async (
  cluster: Cluster,
  found: Leftovers,
  find: () => Promise<Leftovers>,
  options: UndoOptions,
  output: Output,
  context: CliContext,
): Promise<ExitStatus> => {
  const includesUnknown = options.includeUnknown === true;
  const undoable = found.leftovers.filter((leftover) => canUndo(leftover, includesUnknown));
  if (undoable.length > 0 && options.yes !== true) {
    output.note(formatLeftovers(found));
    const answer = await confirm(`Undo ${toCountText(undoable.length, 'change')}?`, context);
    if (answer !== 'yes') output.note('Nothing was changed.');
    if (answer !== 'yes') return answer === 'no' ? 1 : 130;
  }
  const { undoLeftovers } = await import('../../inspect/leftovers.ts');
  const now = undoable.length === 0 ? found : await find();
  const listed = now.leftovers.filter((leftover) => found.leftovers.some((each) => isSameLeftover(each, leftover)));
  const undo = await undoLeftovers(cluster, listed, { includesUnknown, pause });
  output.result({ version: 1, ...found, undo }, () => formatLeftoverUndo(undo, found.notChecked));
  return undo.some(({ remains }) => remains) ? 4 : 0;
};

const canUndo = ({ stays, task, kind }: Leftover, includesUnknown: boolean): boolean =>
  stays === undefined && kind !== 'host' && (task === 'closed' || includesUnknown);
