import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import { awaitCondition } from './await-condition.ts';
import { isErrorWithCode, isRunning, readProcessIdentity } from './process-group.ts';
import type { ProcessIdentity } from './process-group.ts';

const TIMEOUT_MILLISECONDS = 3_600_000;

/**
 * Runs `action` while this process holds the lock file; waits as long as a living process holds it, an hour at most.
 * A lock whose holder is gone is taken over. In a rare race after a kill two may take it over at once,
 * so `action` must be safe to run twice; the lock saves the work, not the result.
 * @param onWait called once when there is a wait, with the holder's process number
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
    // Empty for the moment between making the file and writing it.
    return text === '' ? undefined : (JSON.parse(text) as ProcessIdentity);
  } catch (error) {
    if (isErrorWithCode(error, 'ENOENT')) return undefined;
    throw error;
  }
};

/** By way of another name: of several that find the lock stale, one succeeds in moving it. */
const removeStaleLock = (lockPath: string): void => {
  const moved = `${lockPath}.stale-${process.pid}`;
  try {
    renameSync(lockPath, moved);
    rmSync(moved, { force: true });
  } catch (error) {
    if (!isErrorWithCode(error, 'ENOENT')) throw error;
  }
};
