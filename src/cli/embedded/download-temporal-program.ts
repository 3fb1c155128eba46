import { access, constants, mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CliFailure } from '../cli-failure.ts';
import { readErrorCode } from '../../domain/text/error-code.ts';
import { withoutFullStop } from '../../domain/text/join-sentences.ts';
import { toProgramsPath, type TemporalProgram } from './temporal-program.ts';

/** Downloads the dev server into this folder. */
export type Download = (downloadDir: string) => Promise<void>;

/**
 * Downloads the Temporal dev server into the user's cache, as the SDK's test environment does.
 *
 * @throws CliFailure `NoTemporalProgram`: no network, no write access to the cache, or a missing package; the message names the cause.
 */
export const downloadTemporalProgram = async (
  environment: NodeJS.ProcessEnv,
  download: Download = downloadThroughSdk,
): Promise<TemporalProgram> => {
  const downloadDir = join(toProgramsPath(environment), 'sdk-download');
  try {
    await mkdir(downloadDir, { recursive: true });
    // The SDK tests this only after the download.
    await access(downloadDir, constants.W_OK);
    await download(downloadDir);
  } catch (error) {
    throw toDownloadFailure(toCause(error, downloadDir));
  }
  const path = await readNewestProgram(downloadDir);
  if (path === undefined) throw toDownloadFailure(`the Temporal SDK left no program in ${downloadDir}`);
  return { path, source: "the Temporal SDK's download" };
};

/** Starts a server and stops it: the SDK has no other way to download the program. */
const downloadThroughSdk: Download = async (downloadDir) => {
  const { TestWorkflowEnvironment } = await import('@temporalio/testing');
  const environment = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'cached-download', downloadDir, ttl: '30 days' } },
  });
  await environment.teardown();
};

const toDownloadFailure = (cause: string): CliFailure =>
  new CliFailure(
    'NoTemporalProgram',
    'the `temporal` program is not in NODE_DECOMMISSION_TEMPORAL_PROGRAM, on PATH or in the cache, and the download failed: ' +
      `${cause}. Install the Temporal CLI, or set TEMPORAL_ADDRESS to use a running Temporal server.`,
    1,
  );

const MISSING_MODULE = ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'];
const NO_PERMISSION = ['EACCES', 'EPERM', 'EROFS'];

const toCause = (error: unknown, downloadDir: string): string => {
  const code = readErrorCode(error) ?? '';
  const message = error instanceof Error ? error.message : String(error);
  if (MISSING_MODULE.includes(code)) {
    return `a package that the download needs is not installed (${toFirstLine(message)}); reinstall node-decommission with its dependencies`;
  }
  if (NO_PERMISSION.includes(code) || /permission denied|read-only file system/i.test(message)) {
    return `no permission to write to ${downloadDir}${code === '' ? '' : ` (${code})`}; correct its permissions, or set XDG_CACHE_HOME to a writable folder`;
  }
  if (code !== '') return `${downloadDir} cannot be used (${code})`;
  if (/error sending request|error trying to connect|dns error/i.test(message)) {
    return `the download host cannot be reached (${toLastPart(message)}); check the network and HTTPS_PROXY`;
  }
  return `the Temporal SDK reported: ${toFirstLine(message)}`;
};

const toFirstLine = (message: string): string => withoutFullStop(message.split('\n')[0] ?? '');

/** The SDK names the address with all its parameters, twice, and the cause last. */
const toLastPart = (message: string): string =>
  toFirstLine(message.slice(message.lastIndexOf('): ') + 1)).replace(/^[): ]+/, '');

const readNewestProgram = async (folder: string): Promise<string | undefined> => {
  const names = await readdir(folder);
  const files = await Promise.all(
    names.map(async (name) => ({ path: join(folder, name), details: await stat(join(folder, name)) })),
  );
  return files
    .filter(({ details }) => details.isFile() && (details.mode & 0o100) !== 0)
    .sort((one, other) => other.details.mtimeMs - one.details.mtimeMs)[0]?.path;
};
