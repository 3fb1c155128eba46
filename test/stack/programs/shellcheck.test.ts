import { describe, expect, it, jest } from '@jest/globals';

import { runCommand } from '../../../stack/processes/run-command.ts';
import { ensureShellcheck } from '../../../stack/programs/shellcheck.ts';

jest.setTimeout(300_000);

describe('ensureShellcheck', () => {
  it('returns a program that finds a defect', async () => {
    const program = await ensureShellcheck();
    expect(await runCommand(program, ['--version'])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('version: 0.11.0\n') as unknown,
    });
    expect(await runCommand(program, ['--shell=sh', '-'], { input: 'echo $1\n' })).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining('SC2086') as unknown,
    });
  });
});
