import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/**
 * The folder of files that outlive a process: programs, and what the local stack keeps. `XDG_CACHE_HOME` or `~/.cache`, then
 * `node-decommission`. A relative `XDG_CACHE_HOME` is ignored, as the XDG base directory specification requires. Creates nothing.
 */
export const readCacheDirectory = (environment: NodeJS.ProcessEnv = process.env): string => {
  const home = environment['HOME'] ?? homedir();
  const cache = environment['XDG_CACHE_HOME'];
  return join(cache !== undefined && isAbsolute(cache) ? cache : join(home, '.cache'), 'node-decommission');
};
