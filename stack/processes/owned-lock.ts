import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import { awaitCondition } from './await-condition.ts';
import { isErrorWithCode, isRunning, readProcessIdentity } from './process-group.ts';
import type { ProcessIdentity } from './process-group.ts';

const TIMEOUT_MILLISECONDS = 3_600_000;

/**
 * Runs `action` while this process holds the lock file; waits as long as a running process holds it, an hour at most.
 * A lock whose holder is gone is taken over. In a rare race after a kill, two processes may take it over at once,
 * so `action` must be safe to run twice: the lock avoids duplicate work, it does not guarantee exclusion.
 * @param onWait called once when the process has to wait, with the holder's process ID
 */
export const withOwnedLock = async <Result>(
  lockPath: string,
  onWait: (holderPid: number) => void,
  action: () => Promise<Result>,
): Promise<Result> => {
  mkdirSync(dirname(lockPath), { recursive: true });
  let isWaiting = false;
  await awaitCondition(
    `the lock ${lockPath} is free`,
    () => {
      if (tryToLock(lockPath)) return true;
      const holder = readHolder(lockPath);
      if (holder === undefined) return false;
      if (!isRunning(holder)) {
        removeStaleLock(lockPath);
        return false;
      }
      if (!isWaiting) onWait(holder.pid);
      isWaiting = true;
      return false;
    },
    { timeoutMilliseconds: TIMEOUT_MILLISECONDS, intervalMilliseconds: 200 },
  );
  try {
    return await action();
  } finally {
    rmSync(lockPath, { force: true });
  }
};

const tryToLock = (lockPath: string): boolean => {
  try {
    writeFileSync(lockPath, JSON.stringify(readProcessIdentity(process.pid)), { flag: 'wx' });
    return true;
  } catch (error) {
    if (isErrorWithCode(error, 'EEXIST')) return false;
    throw error;
  }
};

const readHolder = (lockPath: string): ProcessIdentity | undefined => {
  try {
    const text = readFileSync(lockPath, 'utf8');
    // Empty between the creation of the file and the write.
    return text === '' ? undefined : (JSON.parse(text) as ProcessIdentity);
  } catch (error) {
    if (isErrorWithCode(error, 'ENOENT')) return undefined;
    throw error;
  }
};

/** Renames the file first: of several processes that find the lock stale, only one succeeds. */
const removeStaleLock = (lockPath: string): void => {
  const moved = `${lockPath}.stale-${process.pid}`;
  try {
    renameSync(lockPath, moved);
    rmSync(moved, { force: true });
  } catch (error) {
    if (!isErrorWithCode(error, 'ENOENT')) throw error;
  }
};
