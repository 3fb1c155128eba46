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

  it('takes the newest version by number', () => {
    for (const version of ['9', '15', '13']) put(version, ['postgres', 'initdb']);
    expect(findPostgresql(versions)).toBe(join(versions, '15/bin'));
  });

  it('passes over a version of which only the client is there', () => {
    put('15', ['psql']);
    put('13', ['postgres', 'initdb']);
    expect(findPostgresql(versions)).toBe(join(versions, '13/bin'));
  });

  it.each([['none'], ['none/below']])('finds nothing in a folder that is not there: %s', (folder) => {
    expect(findPostgresql(join(versions, folder))).toBeUndefined();
  });
});

describe('readPostgresqlObstacle', () => {
  it('is one sentence for whoever is not root', async () => {
    const { getuid } = process;
    Object.assign(process, { getuid: () => 1000 });
    try {
      expect(await readPostgresqlObstacle()).toMatch(/^PostgreSQL .*: run this as root\.$/);
    } finally {
      Object.assign(process, { getuid });
    }
  });
});
