import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { constants, gzipSync } from 'node:zlib';

import { initializeScheduler } from '../programs/initialize-scheduler.ts';
import { SCHEDULER_GROUPS } from '../programs/program-groups.ts';
import { ensurePrograms } from '../programs/programs.ts';

/**
 * The scheduler program, compressed: compiled with Go unless NODE_DECOMMISSION_SCHEDULER_PROGRAM names one. Compressed once, beside the program:
 * it takes ten seconds, and tests build several packages.
 */
export const readCompressedScheduler = async (): Promise<Buffer> => {
  const given = process.env['NODE_DECOMMISSION_SCHEDULER_PROGRAM'];
  if (given !== undefined) return compress(await initializeScheduler(readFileSync(given)));
  const programs = await ensurePrograms(SCHEDULER_GROUPS, (line) => process.stderr.write(`${line}\n`));
  const path = `${programs['scheduler.program']}.gz`;
  if (!existsSync(path)) {
    const unfinished = `${path}.${process.pid}`;
    writeFileSync(unfinished, compress(readFileSync(programs['scheduler.program'])));
    renameSync(unfinished, path);
  }
  return readFileSync(path);
};

const compress = (program: Buffer): Buffer => gzipSync(program, { level: constants.Z_BEST_COMPRESSION });
