import type { TaskScript } from './task-script.ts';

/** A request with windows; a test turns them. */
export const WINDOWS = [{ cron: '0 22 * * *', timeZone: 'Europe/Berlin', durationMinutes: 60 }];

const ASKED_AGAIN_MILLISECONDS = 1500;

/** Opens and closes the windows of a script; its workflows notice it within two seconds. Returns the switch. */
export const turnWindows = (script: TaskScript, isOpenAtFirst: boolean): ((isOpen: boolean) => void) => {
  let isOpen = isOpenAtFirst;
  script.wrap(
    'judgeWindows',
    () => (_windows, at) => Promise.resolve({ isOpen, changesAt: at + ASKED_AGAIN_MILLISECONDS }),
  );
  return (next) => {
    isOpen = next;
  };
};
