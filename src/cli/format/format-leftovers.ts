import type { Leftover } from '../../domain/janitor/leftover.ts';
import type { LeftoverUndo, Leftovers } from '../../inspect/leftovers.ts';
import { toUndoLines } from './format-report.ts';

const TASKS: Readonly<Record<Leftover['task'], string>> = {
  closed: 'its workflow is closed',
  unknown: 'unknown whether it still runs',
};

/** Each object with what stays on it, what to know first, and the commands that remove it. Pure. */
export const formatLeftovers = ({ leftovers, notChecked }: Leftovers): string => {
  const unchecked = notChecked.map(toUncheckedLine);
  if (leftovers.length === 0) return ['Nothing of an ended task was found.', ...unchecked].join('\n');
  return [...leftovers.flatMap(toLines), ...unchecked].join('\n');
};

const toUncheckedLine = (what: string): string => `Not checked: ${what}`;

const toLines = ({ object, what, taskId, workflowId, task, caution, stays, commands }: Leftover): readonly string[] => [
  `${object}: ${what}`,
  `  task: ${taskId ?? 'not known'}${workflowId === undefined ? '' : ` (workflow ${workflowId})`}, ${TASKS[task]}`,
  ...(stays === undefined ? [] : [`  stays: ${stays}`]),
  ...(caution === undefined ? [] : [`  caution: ${caution}`]),
  ...commands.map((command) => `  $ ${command}`),
];

/** One line for each leftover, and the commands for what was not undone. Pure. */
export const formatLeftoverUndo = (undo: readonly LeftoverUndo[], notChecked: readonly string[]): string => {
  const unchecked = notChecked.map(toUncheckedLine);
  if (undo.length === 0) return ['Nothing of an ended task was found.', ...unchecked].join('\n');
  const commands = undo.flatMap((each) => each.commands ?? []);
  return [
    ...toUndoLines('UNDO', undo, 0),
    ...(commands.length === 0 ? [] : ['To undo the rest manually, run:', ...commands.map((command) => `  ${command}`)]),
    ...unchecked,
  ].join('\n');
};
