import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** In the package, beside this module. */
const PACKAGED = fileURLToPath(new URL('./scheduler.program.gz', import.meta.url));

/**
 * The path of the scheduler's program: in the package beside this module, compressed; in a checkout in the user's cache, where the local
 * stack compiles it.
 * @throws Error: it is in neither place; with the command that builds it.
 */
export const findProgram = async (cacheDirectory: string): Promise<string> => {
  const compiled = join(cacheDirectory, 'bin', 'scheduler.program');
  for (const path of [PACKAGED, compiled]) if (await exists(path)) return path;
  throw new Error(
    `The scheduler program is missing: it is neither ${PACKAGED} nor ${compiled}. In a checkout, run "npm run build:scheduler", which needs Go; an installed package is incomplete, install it again.`,
  );
};

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
