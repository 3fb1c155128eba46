import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runCommand } from '../../../src/worker/machine-hook/run-command.ts';
import { awaitCondition } from '../../../stack/processes/await-condition.ts';
import { HOOK_INPUT } from './hook-input.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hook-'));
  process.env['HOOK_TEST_TOKEN'] = 'abcdef-123456';
});

afterEach(() => {
  delete process.env['HOOK_TEST_TOKEN'];
  rmSync(folder, { recursive: true });
});

/** Runs this script with the arguments `a b` and `c`. */
const run = (script: string, seconds = 30, signal = new AbortController().signal): Promise<string> => {
  const program = join(folder, 'end-machine');
  writeFileSync(program, `#!/bin/sh\n${script}\n`);
  chmodSync(program, 0o755);
  return runCommand({ kind: 'command', program, arguments: ['a b', 'c'] }, seconds, HOOK_INPUT, signal);
};

describe('runCommand', () => {
  it('passes what identifies the machine in variables, beside the arguments', async () => {
    const printed = await run('echo "$1|$2"; env | grep ^NODE_DECOMMISSION_ | sort');
    expect(printed.split(' ').slice(0, 1)).toEqual(['a']);
    expect(printed).toContain('a b|c');
    for (const pair of [
      'CLUSTER=prod',
      'INSTANCE_ID=42',
      'NODE_NAME=node-1',
      'NODE_UID=uid-node-1',
      'OPERATION_ID=run-1-abc',
      'PROVIDER_ID=hcloud://42',
      'TASK_ID=42',
    ]) {
      expect(printed).toContain(`NODE_DECOMMISSION_${pair}`);
    }
  });

  it('returns the beginning of a long answer, without secrets of its environment', async () => {
    const printed = await run('echo "with $HOOK_TEST_TOKEN"; yes | head -c 100000');
    expect(printed).toMatch(/^with \*\*\* y y .*…$/);
    expect(printed).toHaveLength(2000);
  });

  it.each([
    ['echo "no such instance" >&2; exit 3', 'failed with exit code 3 (its answer: no such instance)'],
    ['echo "quota: $HOOK_TEST_TOKEN"; exit 1', 'failed with exit code 1 (its answer: quota: ***)'],
    ['kill -9 $$', 'was ended by SIGKILL'],
  ])('may be retried after %j', async (script, expected) => {
    await expect(run(script)).rejects.toMatchObject({
      type: 'MachineNotEnded',
      retryable: true,
      message: expect.stringContaining(expected),
    });
  });

  it('may be retried when it cannot be started', async () => {
    const call = { kind: 'command', program: join(folder, 'none'), arguments: [] } as const;
    const failing = runCommand(call, 30, HOOK_INPUT, new AbortController().signal);
    await expect(failing).rejects.toMatchObject({
      retryable: true,
      message: expect.stringContaining('cannot be started (ENOENT)'),
    });
  });

  it('is ended with what it has started when its time is over', async () => {
    const pidFile = join(folder, 'pid');
    await expect(run(`sleep 600 & echo $! > ${pidFile}; wait`, 0.5)).rejects.toMatchObject({
      message: expect.stringContaining('did not end in 0.5 s'),
    });
    const pid = readFileSync(pidFile, 'utf8').trim();
    await awaitCondition('the end of its child', () => !existsSync(`/proc/${pid}`));
  });

  it('ends when it is cancelled', async () => {
    const controller = new AbortController();
    const started = join(folder, 'started');
    const running = run(`touch ${started}; sleep 600`, 60, controller.signal);
    running.catch(() => undefined);
    await awaitCondition('its start', () => existsSync(started));
    controller.abort();
    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('does not wait for what keeps its output open', async () => {
    expect(await run('echo done; sleep 5 &')).toBe('done');
  });
});
