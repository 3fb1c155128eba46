import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/**
 * The folder where the local stack keeps files that outlive one run: compiled programs, run directories, port reservations.
 * `XDG_CACHE_HOME` or `~/.cache`, then `node-decommission`. A relative `XDG_CACHE_HOME` is ignored, as the
 * XDG base directory specification requires. Creates nothing.
 */
export const readCacheDirectory = (environment: NodeJS.ProcessEnv = process.env): string => {
  const configured = environment['XDG_CACHE_HOME'];
  const base = configured !== undefined && isAbsolute(configured) ? configured : join(homedir(), '.cache');
  return join(base, 'node-decommission');
};
