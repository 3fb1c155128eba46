import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readReportsDirectory } from '../../src/config/read-reports-directory.ts';

describe('readReportsDirectory', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'node-decommission-reports-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const read = async (content: unknown): Promise<string | undefined> => {
    const path = join(folder, 'configuration.json');
    await writeFile(path, JSON.stringify(content));
    return readReportsDirectory({ NODE_DECOMMISSION_CONFIG: path }, '/home/ann');
  };

  it('is relative to the file, may start with ~, and needs no cluster', async () => {
    expect(await read({ reports: { directory: 'reports' } })).toBe(join(folder, 'reports'));
    expect(await read({ reports: { directory: '~/reports' } })).toBe('/home/ann/reports');
    expect(await read({})).toBeUndefined();
    expect(readReportsDirectory({})).toBeUndefined();
  });

  it('refuses a section without a folder', async () => {
    await expect(read({ reports: {} })).rejects.toThrow('`reports.directory` must be text');
    await expect(read({ reports: { folder: 'x' } })).rejects.toThrow('Valid settings: directory');
  });
});
