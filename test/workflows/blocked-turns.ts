import { Context } from '@temporalio/activity';
import { beatUntil } from './beat-until.ts';
import type { TaskScript } from './task-script.ts';

/** Why the node waits. */
export const BUSY = '1 node waits for its turn: cluster limit of 1 node at once; in work or next: x (task 7)';

/** Other tasks fill the limit until the returned function is called: the first call reports that, the next ones wait. */
export const blockTurns = (script: TaskScript): (() => void) => {
  script.takesTurns = true;
  let open: () => void = () => undefined;
  const state = { isOpen: false };
  const opened = new Promise<void>((resolve) => {
    open = () => {
      state.isOpen = true;
      resolve();
    };
  });
  script.onReleaseAll(open);
  script.wrap('takeTurns', (standard) => async (context, request) => {
    if (request.known === BUSY) await beatUntil(Promise.race([opened, Context.current().cancelled]));
    return state.isOpen ? await standard(context, request) : { taken: [], waits: BUSY };
  });
  return open;
};
