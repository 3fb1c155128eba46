import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { buildOnce } from '../../../stack/programs/build-once.ts';

describe('buildOnce', () => {
  let base: string;
  let builds: number;

  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'build-once-'));
    builds = 0;
  });
  afterEach(() => {
    rmSync(base, { recursive: true, force: true });
  });

  const build = async (unfinished: string): Promise<void> => {
    builds += 1;
    writeFileSync(join(unfinished, 'content'), '');
    await Promise.resolve();
  };
  const ignoreWait = (): void => undefined;

  it('builds a folder once, also when called several times at once', async () => {
    const directory = join(base, 'tree');
    await Promise.all([1, 2, 3].map(() => buildOnce(directory, ignoreWait, build)));
    await buildOnce(directory, ignoreWait, build);
    expect(builds).toBe(1);
    expect(readdirSync(base)).toEqual(['tree']);
    expect(readdirSync(directory)).toEqual(['content']);
  });

  it('leaves nothing of a failed build, and builds again', async () => {
    const directory = join(base, 'tree');
    const failing = async (unfinished: string): Promise<void> => {
      await build(unfinished);
      throw new Error('out of disk');
    };
    await expect(buildOnce(directory, ignoreWait, failing)).rejects.toThrow('out of disk');
    expect(readdirSync(base)).toEqual([]);
    await buildOnce(directory, ignoreWait, build);
    expect(existsSync(join(directory, 'content'))).toBe(true);
  });
});
