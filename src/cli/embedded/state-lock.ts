import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { readErrorCode } from '../../domain/text/error-code.ts';
import { isProcessAlive, type ProcessIdentity } from './process-identity.ts';

export type StateLock =
  | { readonly kind: 'acquired'; readonly release: () => Promise<void> }
  | { readonly kind: 'held'; readonly holder: ProcessIdentity };

const ATTEMPTS = 5;

/**
 * Takes the state directory for this process: two servers on one database start without an error and break each other. A lock whose
 * process is dead is taken over. Changes the lock file; `release` removes it if this process still holds it.
 *
 * @throws Error another process takes the lock each time that its holder ends.
 */
export const acquireStateLock = async (lockFile: string, self: ProcessIdentity): Promise<StateLock> => {
  const own = JSON.stringify(self);
  const draft = `${lockFile}.${self.pid}`;
  await writeFile(draft, own);
  try {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      if (await linkIfFree(draft, lockFile)) return { kind: 'acquired', release: () => release(lockFile, own) };
      const text = await readFile(lockFile, 'utf8').catch(() => '');
      const holder = parseHolder(text);
      if (holder !== undefined && (await isProcessAlive(holder))) return { kind: 'held', holder };
      await setAside(lockFile, text, `${draft}.stale`);
    }
  } finally {
    await rm(draft, { force: true });
  }
  throw new Error(`other processes keep taking the lock ${lockFile}; try again.`);
};

/** `link` is the only call that creates a file with its complete content and fails when the name exists. */
const linkIfFree = async (draft: string, lockFile: string): Promise<boolean> => {
  try {
    await link(draft, lockFile);
    return true;
  } catch (error) {
    if (readErrorCode(error) === 'EEXIST') return false;
    throw error;
  }
};

/** Moves a dead lock away. When another process has replaced it meanwhile, restores the lock of that process. */
const setAside = async (lockFile: string, deadText: string, aside: string): Promise<void> => {
  try {
    await rename(lockFile, aside);
  } catch {
    return; // Another process has already moved it; the next attempt reads the new lock.
  }
  const moved = await readFile(aside, 'utf8');
  if (moved !== deadText) await linkIfFree(aside, lockFile);
  await rm(aside, { force: true });
};

const release = async (lockFile: string, own: string): Promise<void> => {
  const text = await readFile(lockFile, 'utf8').catch(() => '');
  if (text === own) await rm(lockFile, { force: true });
};

const parseHolder = (text: string): ProcessIdentity | undefined => {
  try {
    const value = JSON.parse(text) as Partial<ProcessIdentity>;
    if (typeof value.pid !== 'number' || typeof value.startedAt !== 'string') return undefined;
    return { pid: value.pid, startedAt: value.startedAt };
  } catch {
    return undefined; // Incomplete after a crash: no process holds it.
  }
};

/** The live process that holds the state directory; undefined when none does. */
export const readStateLockHolder = async (lockFile: string): Promise<ProcessIdentity | undefined> => {
  const holder = parseHolder(await readFile(lockFile, 'utf8').catch(() => ''));
  return holder !== undefined && (await isProcessAlive(holder)) ? holder : undefined;
};
