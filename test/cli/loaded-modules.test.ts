import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';

const ENTRY = fileURLToPath(new URL('../../src/bin.ts', import.meta.url));

/** Prints the URL of each module that is loaded. */
const TRACE = `data:text/javascript,${encodeURIComponent(`
import { registerHooks } from 'node:module';
import { writeSync } from 'node:fs';
registerHooks({ load(url, context, next) { writeSync(1, url + '\\n'); return next(url, context); } });
`)}`;

const KUBERNETES = '/node_modules/@kubernetes/client-node/';
const TEMPORAL_CLIENT = '/node_modules/@temporalio/client/';
const TEMPORAL_WORKER = '/node_modules/@temporalio/worker/';
const SSH = '/node_modules/ssh2/';

const readLoaded = async (words: readonly string[]): Promise<readonly string[]> => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', TRACE, ENTRY, ...words], {
    maxBuffer: 2 ** 26,
  });
  const libraries = [KUBERNETES, TEMPORAL_CLIENT, TEMPORAL_WORKER, SSH];
  return libraries.filter((library) => stdout.includes(library));
};

/** Each of them takes as long to load as a short command runs. */
it.each([
  [['--version'], []],
  [['--help'], [TEMPORAL_CLIENT]],
  [['plan', '--help'], []],
  [['start', '--help'], [TEMPORAL_CLIENT]],
  [['doctor', '--help'], [TEMPORAL_CLIENT]],
])('%j loads only the libraries %j', async (words, expected) => {
  expect(await readLoaded(words)).toEqual(expected);
});
