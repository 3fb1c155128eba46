import { access, constants, readdir, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { readCacheDirectory } from '../../config/cache-directory.ts';
import { CliFailure } from '../cli-failure.ts';

export interface TemporalProgram {
  readonly path: string;
  /** Where it was found, for messages. */
  readonly source: string;
}

/** Below the user's cache: what the local stack built, and what the SDK downloaded. */
export const toProgramsPath = (environment: NodeJS.ProcessEnv): string =>
  join(readCacheDirectory(environment), 'programs');

/**
 * Finds the `temporal` program: the setting NODE_DECOMMISSION_TEMPORAL_PROGRAM, PATH, then the user's cache, newest first. Undefined when
 * there is none. Reads only.
 *
 * @throws CliFailure `Usage`: the setting names a file that cannot be executed.
 */
export const findTemporalProgram = async (environment: NodeJS.ProcessEnv): Promise<TemporalProgram | undefined> => {
  const setting = environment['NODE_DECOMMISSION_TEMPORAL_PROGRAM'];
  if (setting !== undefined && setting !== '') {
    if (await isExecutable(setting)) return { path: setting, source: 'NODE_DECOMMISSION_TEMPORAL_PROGRAM' };
    throw new CliFailure(
      'Usage',
      `NODE_DECOMMISSION_TEMPORAL_PROGRAM names ${setting}, which is not an executable program; correct it, or unset it to search PATH.`,
      2,
    );
  }
  const onPath = (environment['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const folder of onPath) {
    const path = join(folder, 'temporal');
    if (await isExecutable(path)) return { path, source: 'PATH' };
  }
  for (const path of await readCachedPrograms(toProgramsPath(environment))) {
    if (await isExecutable(path)) return { path, source: 'cache' };
  }
  return undefined;
};

const readCachedPrograms = async (programsPath: string): Promise<readonly string[]> => {
  const names = await readdir(programsPath).catch(() => []);
  const paths = names
    .filter((name) => name.startsWith('temporal-'))
    .map((name) => join(programsPath, name, 'temporal'));
  const dated = await Promise.all(
    paths.map(async (path) => ({
      path,
      changed: await stat(path)
        .then(({ mtimeMs }) => mtimeMs)
        .catch(() => 0),
    })),
  );
  return dated.sort((one, other) => other.changed - one.changed).map(({ path }) => path);
};

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
