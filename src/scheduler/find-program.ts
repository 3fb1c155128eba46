import { access } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** In the package, beside this module. */
const PACKAGED = fileURLToPath(new URL('./scheduler.wasm.gz', import.meta.url));

/**
 * The path of the scheduler's program: in the package beside this module, compressed; in a checkout in the user's cache, where the local
 * stack compiles it.
 * @throws Error: it is in neither place; with the command that builds it.
 */
export const findProgram = async (environment: NodeJS.ProcessEnv): Promise<string> => {
  const compiled = join(toCacheDirectory(environment), 'bin', 'scheduler.wasm');
  for (const path of [PACKAGED, compiled]) if (await exists(path)) return path;
  throw new Error(
    `The scheduler program is missing: it is neither ${PACKAGED} nor ${compiled}. In a checkout, run "npm run build:scheduler", which needs Go; an installed package is incomplete, install it again.`,
  );
};

const toCacheDirectory = (environment: NodeJS.ProcessEnv): string => {
  const home = environment['HOME'] ?? homedir();
  const cache = environment['XDG_CACHE_HOME'];
  return join(cache !== undefined && isAbsolute(cache) ? cache : join(home, '.cache'), 'node-decommission');
};

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
