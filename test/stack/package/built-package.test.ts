import { existsSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, it, jest } from '@jest/globals';

import { ensureBuiltPackage } from '../../../stack/package/built-package.ts';
import { runSuccessfully } from '../../../stack/processes/run-command.ts';

jest.setTimeout(300_000);

describe('ensureBuiltPackage', () => {
  it('builds a command line of this version, with its workflows bundled', async () => {
    const { entryPath, workflowBundlePath } = await ensureBuiltPackage();
    const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
      readonly version: string;
    };
    expect(await runSuccessfully(process.execPath, [entryPath, '--version'])).toBe(`${version}\n`);
    expect(existsSync(workflowBundlePath)).toBe(true);
  });

  it('builds the same sources once', async () => {
    const first = await ensureBuiltPackage();
    const { mtimeMs, ino } = statSync(first.entryPath);
    const [second, third] = await Promise.all([ensureBuiltPackage(), ensureBuiltPackage()]);
    expect([second, third]).toEqual([first, first]);
    expect(statSync(first.entryPath)).toMatchObject({ mtimeMs, ino });
  });
});
