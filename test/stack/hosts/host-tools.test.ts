import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { listMissingPackages, readHostToolsObstacle, toToolEnvironment } from '../../../stack/hosts/host-tools.ts';

describe('toToolEnvironment', () => {
  it('adds the administrator’s folders to any PATH', () => {
    expect(toToolEnvironment({ PATH: '/opt/bin', LANG: 'C' })).toEqual({
      PATH: '/opt/bin:/usr/local/sbin:/usr/sbin:/sbin',
      LANG: 'C',
    });
  });
});

describe('listMissingPackages', () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'host-tools-'));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  it('lists each package once, and none whose programs are installed', () => {
    symlinkSync('/bin/true', join(directory, 'tar'));
    const missing = listMissingPackages(directory);
    expect(missing).toContain('util-linux');
    expect(missing).not.toContain('tar');
    expect(new Set(missing).size).toBe(missing.length);
  });
});

describe('readHostToolsObstacle', () => {
  it('reports the remedy on a machine without the tools and without apt', async () => {
    const expected =
      process.getuid?.() === 0
        ? /^Real nodes need programs .* Install the Debian packages .*debootstrap.*\.$/
        : /root\.$/;
    expect(await readHostToolsObstacle('/nonexistent')).toMatch(expected);
  });
});
