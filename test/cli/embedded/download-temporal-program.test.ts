import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { downloadTemporalProgram, type Download } from '../../../src/cli/embedded/download-temporal-program.ts';

const URL = 'https://temporal.download/cli/default?arch=amd64&platform=linux';

describe('downloadTemporalProgram', () => {
  let cache: string;
  beforeEach(async () => {
    cache = await mkdtemp(join(tmpdir(), 'node-decommission-download-'));
  });
  afterEach(() => rm(cache, { recursive: true }));

  const download = (work: Download): ReturnType<typeof downloadTemporalProgram> =>
    downloadTemporalProgram({ XDG_CACHE_HOME: cache }, work);

  it('returns the program that the SDK left in the cache', async () => {
    const program = await download(async (folder) => {
      const path = join(folder, 'temporal-sdk-typescript-1.24.0');
      await writeFile(path, '#!/bin/sh\n');
      await chmod(path, 0o755);
      await writeFile(join(folder, 'notes.txt'), '');
    });
    expect(program).toEqual({
      path: join(cache, 'node-decommission/programs/sdk-download/temporal-sdk-typescript-1.24.0'),
      source: "the Temporal SDK's download",
    });
  });

  const withCode = (code: string, message: string): Error => Object.assign(new Error(message), { code });
  it.each<readonly [cause: string, error: Error, sentence: string]>([
    [
      'a missing package',
      withCode('ERR_MODULE_NOT_FOUND', "Cannot find package '@temporalio/testing' imported from /x.js"),
      "a package that the download needs is not installed (Cannot find package '@temporalio/testing' imported from /x.js); reinstall node-decommission with its dependencies.",
    ],
    [
      'a host name that does not resolve',
      new Error(
        `Failed to start ephemeral server: failed to download ephemeral server executable: error sending request for url (${URL}): error sending request for url (${URL}): client error (Connect): dns error: failed to lookup address information: Name or service not known`,
      ),
      'the download host cannot be reached (dns error: failed to lookup address information: Name or service not known); check the network and HTTPS_PROXY.',
    ],
    [
      'a folder that this user may not write',
      withCode('EACCES', 'permission denied, access'),
      'sdk-download (EACCES); correct its permissions, or set XDG_CACHE_HOME to a writable folder.',
    ],
    [
      'a file that the SDK may not write',
      new Error('Failed to start ephemeral server: Permission denied (os error 13)'),
      'sdk-download; correct its permissions, or set XDG_CACHE_HOME to a writable folder.',
    ],
    ['a full disk', withCode('ENOSPC', 'no space left on device'), 'sdk-download cannot be used (ENOSPC).'],
    [
      'an answer that the SDK cannot use',
      new Error('Failed to start ephemeral server: unexpected status 404\nbacktrace'),
      'the Temporal SDK reported: Failed to start ephemeral server: unexpected status 404.',
    ],
  ])('names %s', async (_cause, error, sentence) => {
    const failure = download(() => Promise.reject(error));
    await expect(failure).rejects.toMatchObject({
      code: 'NoTemporalProgram',
      exitStatus: 1,
      message: expect.stringContaining(sentence),
    });
    await expect(failure).rejects.toThrow('Install the Temporal CLI, or set TEMPORAL_ADDRESS');
  });

  it('reports a download that leaves no program', async () => {
    await expect(download(() => Promise.resolve())).rejects.toThrow('the Temporal SDK left no program in');
  });

  it('reports a cache that is no folder', async () => {
    await writeFile(join(cache, 'node-decommission'), '');
    await expect(download(() => Promise.resolve())).rejects.toThrow('sdk-download cannot be used (ENOTDIR)');
  });
});
