import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CliFailure } from '../cli-failure.ts';
import { toProgramsPath, type TemporalProgram } from './temporal-program.ts';

/**
 * Lets the Temporal SDK download its dev server, as its test environment does, into the user's cache: a server is started once and
 * stopped, since that is the SDK's only way to ask for the file. Throws when there is no network or the SDK's part is not installed.
 */
export const downloadTemporalProgram = async (environment: NodeJS.ProcessEnv): Promise<TemporalProgram> => {
  const downloadDir = join(toProgramsPath(environment), 'sdk-download');
  await mkdir(downloadDir, { recursive: true });
  try {
    const { TestWorkflowEnvironment } = await import('@temporalio/testing');
    const trial = await TestWorkflowEnvironment.createLocal({
      server: { executable: { type: 'cached-download', downloadDir, ttl: '30 days' } },
    });
    await trial.teardown();
  } catch {
    throw toMissingProgramFailure();
  }
  const path = await readNewestFile(downloadDir);
  if (path === undefined) throw toMissingProgramFailure();
  return { path, source: "the Temporal SDK's download" };
};

const toMissingProgramFailure = (): CliFailure =>
  new CliFailure(
    'NoTemporalProgram',
    'the `temporal` program was not found in NODE_DECOMMISSION_TEMPORAL_PROGRAM, on PATH or in the cache, and could not be downloaded: ' +
      'install the Temporal CLI, or set TEMPORAL_ADDRESS to use a Temporal server that runs already.',
    1,
  );

const readNewestFile = async (folder: string): Promise<string | undefined> => {
  const names = await readdir(folder);
  const files = await Promise.all(
    names.map(async (name) => ({ path: join(folder, name), details: await stat(join(folder, name)) })),
  );
  return files
    .filter(({ details }) => details.isFile() && (details.mode & 0o100) !== 0)
    .sort((one, other) => other.details.mtimeMs - one.details.mtimeMs)[0]?.path;
};
