import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmod, mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findTemporalProgram } from '../../../src/cli/embedded/temporal-program.ts';

let folder: string;

const install = async (path: string, changed = new Date('2026-01-01')): Promise<string> => {
  const full = join(folder, path);
  await mkdir(dirname(full), { recursive: true });
  await writeFile(full, '#!/bin/sh\n');
  await chmod(full, 0o755);
  await utimes(full, changed, changed);
  return full;
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'node-decommission-program-'));
});
afterEach(() => rm(folder, { recursive: true }));

const environment = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  HOME: folder,
  PATH: `${folder}/empty:${folder}/bin`,
  ...more,
});

describe('findTemporalProgram', () => {
  it('prefers the setting over PATH', async () => {
    await install('bin/temporal');
    const path = await install('mine/temporal');
    expect(await findTemporalProgram(environment({ NODE_DECOMMISSION_TEMPORAL_PROGRAM: path }))).toEqual({
      path,
      source: 'NODE_DECOMMISSION_TEMPORAL_PROGRAM',
    });
  });

  it('refuses a setting that names no executable program', async () => {
    const setting = join(folder, 'nothing');
    await expect(findTemporalProgram(environment({ NODE_DECOMMISSION_TEMPORAL_PROGRAM: setting }))).rejects.toThrow(
      'is not an executable program',
    );
  });

  it('prefers PATH over the cache', async () => {
    await install('.cache/node-decommission/programs/temporal-1/temporal');
    const path = await install('bin/temporal');
    expect(await findTemporalProgram(environment())).toEqual({ path, source: 'PATH' });
  });

  it('takes the newest of the cache', async () => {
    await install('.cache/node-decommission/programs/temporal-zz/temporal');
    const path = await install('.cache/node-decommission/programs/temporal-aa/temporal', new Date('2026-02-01'));
    await install('.cache/node-decommission/programs/etcd-1/etcd', new Date('2026-03-01'));
    expect(await findTemporalProgram(environment())).toEqual({ path, source: 'cache' });
  });

  it('searches XDG_CACHE_HOME when it is set', async () => {
    const path = await install('xdg/node-decommission/programs/temporal-1/temporal');
    expect(await findTemporalProgram(environment({ XDG_CACHE_HOME: join(folder, 'xdg') }))).toEqual({
      path,
      source: 'cache',
    });
  });

  it('returns undefined when there is no program', async () => {
    expect(await findTemporalProgram(environment())).toBeUndefined();
  });
});
