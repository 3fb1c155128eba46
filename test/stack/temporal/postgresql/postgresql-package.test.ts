import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { findPostgresql, readPostgresqlObstacle } from '../../../../stack/temporal/postgresql/postgresql-package.ts';

describe('findPostgresql', () => {
  let versions: string;

  beforeEach(() => {
    versions = mkdtempSync(join(tmpdir(), 'postgresql-'));
  });
  afterEach(() => {
    rmSync(versions, { recursive: true });
  });

  const put = (version: string, programs: readonly string[]): void => {
    const directory = join(versions, version, 'bin');
    mkdirSync(directory, { recursive: true });
    for (const program of programs) writeFileSync(join(directory, program), '');
  };

  it('returns the newest version by number', () => {
    for (const version of ['9', '15', '13']) put(version, ['postgres', 'initdb']);
    expect(findPostgresql(versions)).toBe(join(versions, '15/bin'));
  });

  it('skips a version of which only the client is installed', () => {
    put('15', ['psql']);
    put('13', ['postgres', 'initdb']);
    expect(findPostgresql(versions)).toBe(join(versions, '13/bin'));
  });

  it.each([['none'], ['none/below']])('returns undefined for a folder that does not exist: %s', (folder) => {
    expect(findPostgresql(join(versions, folder))).toBeUndefined();
  });
});

describe('readPostgresqlObstacle', () => {
  it('reports the remedy to a user who is not root', async () => {
    const { getuid } = process;
    Object.assign(process, { getuid: () => 1000 });
    try {
      expect(await readPostgresqlObstacle()).toMatch(/^PostgreSQL .*\. Run this command as root\.$/);
    } finally {
      Object.assign(process, { getuid });
    }
  });
});
