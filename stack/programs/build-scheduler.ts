import { SCHEDULER_GROUPS } from './program-groups.ts';
import { ensurePrograms } from './programs.ts';

/** `npm run build:scheduler`: compiles the program of `src/scheduler` into the cache, unless it is there. */
await ensurePrograms(SCHEDULER_GROUPS, (line) => process.stderr.write(`${line}\n`));
