import type { Leftover } from '../../domain/janitor/find-leftovers.ts';
import type { Leftovers } from '../../inspect/read-leftovers.ts';

const TASKS: Readonly<Record<Leftover['task'], string>> = {
  closed: 'its workflow is closed',
  unknown: 'unknown whether it still runs',
};

/** Each object with what stays on it, what to know first, and the commands that remove it. Pure. */
export const formatLeftovers = ({ leftovers, notChecked }: Leftovers): string => {
  const unchecked = notChecked.map((what) => `Not checked: ${what}`);
  if (leftovers.length === 0) return ['Nothing of an ended task was found.', ...unchecked].join('\n');
  return [...leftovers.flatMap(toLines), ...unchecked].join('\n');
};

const toLines = ({ object, what, taskId, workflowId, task, caution, commands }: Leftover): readonly string[] => [
  `${object}: ${what}`,
  `  task: ${taskId ?? 'not known'}${workflowId === undefined ? '' : ` (workflow ${workflowId})`}, ${TASKS[task]}`,
  ...(caution === undefined ? [] : [`  caution: ${caution}`]),
  ...commands.map((command) => `  $ ${command}`),
];
