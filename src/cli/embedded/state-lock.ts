import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { readErrorCode } from '../../domain/text/error-code.ts';
import { isProcessAlive, type ProcessIdentity } from './process-identity.ts';

export type StateLock =
  | { readonly kind: 'acquired'; readonly release: () => Promise<void> }
  | { readonly kind: 'held'; readonly holder: ProcessIdentity };

const ATTEMPTS = 5;

/**
 * Takes the state directory for this process: two servers on one database start without complaint and break each other. A lock whose
 * process is dead is taken over. Changes the lock file; `release` removes it again if it is still ours.
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
  throw new Error(`the lock ${lockFile} keeps changing hands; try again.`);
};

/** `link` is the one call that makes a file with its whole content and fails when the name is taken. */
const linkIfFree = async (draft: string, lockFile: string): Promise<boolean> => {
  try {
    await link(draft, lockFile);
    return true;
  } catch (error) {
    if (readErrorCode(error) === 'EEXIST') return false;
    throw error;
  }
};

/** Moves a dead lock away; when another process was quicker and this is its fresh lock, puts it back. */
const setAside = async (lockFile: string, deadText: string, aside: string): Promise<void> => {
  try {
    await rename(lockFile, aside);
  } catch {
    return; // Another process has moved it already; the next attempt sees what is there now.
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
    return undefined; // Torn by a crash while it was written: nobody holds it.
  }
};

/** The live process that has the state directory; undefined when nobody has. */
export const readStateLockHolder = async (lockFile: string): Promise<ProcessIdentity | undefined> => {
  const holder = parseHolder(await readFile(lockFile, 'utf8').catch(() => ''));
  return holder !== undefined && (await isProcessAlive(holder)) ? holder : undefined;
};
