import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { HOST_SCRIPTS, loadScript } from '../../../src/ssh/host/load-script.ts';

const SCRIPTS = fileURLToPath(new URL('../../../src/ssh/host/scripts', import.meta.url));
/** What can be sent as one argument (`ScriptCall.script`); a stage is sent as input. */
const MAX_ARGUMENT_BYTES = 100 * 1024;

const hasShellcheck = spawnSync('shellcheck', ['--version']).status === 0;
if (!hasShellcheck) process.stderr.write('\nTHE SCRIPTS FOR HOSTS ARE NOT LINTED: there is no shellcheck here.\n\n');

describe('the scripts for hosts', () => {
  it.each(HOST_SCRIPTS)('%s is valid sh', (name) => {
    expect(execFileSync('sh', ['-n'], { input: loadScript(name), encoding: 'utf8' })).toBe('');
  });

  it.each(HOST_SCRIPTS.filter((name) => name !== 'stage'))('%s can be sent as one argument', (name) => {
    expect(Buffer.byteLength(loadScript(name))).toBeLessThan(MAX_ARGUMENT_BYTES);
  });

  it('are made of all parts that are there, each short enough to read', () => {
    const all = HOST_SCRIPTS.map(loadScript).join('');
    const parts = readdirSync(SCRIPTS, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.sh'))
      .map((file) => readFileSync(`${SCRIPTS}/${file}`, 'utf8'));
    expect(parts.filter((part) => !all.includes(part))).toEqual([]);
    expect(parts.filter((part) => part.split('\n').length > 350)).toEqual([]);
  });

  it('hold nothing that a host without bash lacks', () => {
    const lines = HOST_SCRIPTS.flatMap((name) => loadScript(name).split('\n')).filter(
      (line) => !line.trim().startsWith('#'),
    );
    expect(lines.filter((line) => /\blocal |\[\[ |<<<|\bfunction \w+ *\{|\bpython|\bkubectl/.test(line))).toEqual([]);
  });

  if (hasShellcheck) {
    it.each(HOST_SCRIPTS)('%s passes shellcheck', (name) => {
      // SC2034: of the parts, not each script uses every variable. SC2030, SC2031: subshells keep their variables to themselves on purpose.
      const exclusions = 'SC2034,SC2030,SC2031';
      const { stdout } = spawnSync('shellcheck', ['--shell=sh', `--exclude=${exclusions}`, '-'], {
        input: loadScript(name),
        encoding: 'utf8',
      });
      expect(stdout).toBe('');
    });
  }
});
