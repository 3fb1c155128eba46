import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';

import { withOwnedLock } from '../processes/owned-lock.ts';

/**
 * Builds a folder of the cache unless it exists. It appears complete or not at all; of several processes at once, one builds and the
 * others wait.
 * @param build writes to the folder that it receives, which gets its final name afterwards
 * @param onWait called once when another process builds it, with the ID of that process
 */
export const buildOnce = async (
  directory: string,
  onWait: (holderPid: number) => void,
  build: (unfinished: string) => Promise<void>,
): Promise<void> => {
  if (existsSync(directory)) return;
  await withOwnedLock(`${directory}.lock`, onWait, async () => {
    if (existsSync(directory)) return;
    const unfinished = `${directory}.unfinished`;
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished);
    try {
      await build(unfinished);
      if (!existsSync(directory)) renameSync(unfinished, directory);
    } finally {
      rmSync(unfinished, { recursive: true, force: true });
    }
  });
};
