import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readProcessIdentity, type ProcessIdentity } from '../../../src/cli/embedded/process-identity.ts';
import { acquireStateLock, readStateLockHolder } from '../../../src/cli/embedded/state-lock.ts';

const self: ProcessIdentity = (await readProcessIdentity(process.pid))!;
let folder: string;
let lockFile: string;
let other: ChildProcess;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'node-decommission-lock-'));
  lockFile = join(folder, 'lock.json');
  other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  await once(other, 'spawn');
});

afterEach(async () => {
  if (other.exitCode === null && other.signalCode === null) {
    other.kill('SIGKILL');
    await once(other, 'exit');
  }
  await rm(folder, { recursive: true });
});

describe('acquireStateLock', () => {
  it('takes a free directory, and releases it', async () => {
    const lock = await acquireStateLock(lockFile, self);
    expect(lock.kind).toBe('acquired');
    expect(await readStateLockHolder(lockFile)).toEqual(self);
    if (lock.kind === 'acquired') await lock.release();
    expect(await readdir(folder)).toEqual([]);
  });

  it('names the live process that holds it', async () => {
    const holder = (await readProcessIdentity(other.pid!))!;
    await acquireStateLock(lockFile, holder);
    expect(await acquireStateLock(lockFile, self)).toEqual({ kind: 'held', holder });
  });

  it.each([
    { name: 'whose process was killed', toText: (holder: ProcessIdentity) => JSON.stringify(holder), kill: true },
    {
      name: 'whose pid is that of a later process',
      toText: (holder: ProcessIdentity) => JSON.stringify({ ...holder, startedAt: 'boot:1' }),
      kill: false,
    },
    { name: 'that is incomplete after a crash', toText: () => '{"pid": 1', kill: false },
  ])('takes over a lock $name', async ({ toText, kill }) => {
    await writeFile(lockFile, toText((await readProcessIdentity(other.pid!))!));
    if (kill) {
      other.kill('SIGKILL');
      await once(other, 'exit');
    }
    expect((await acquireStateLock(lockFile, self)).kind).toBe('acquired');
    expect(JSON.parse(await readFile(lockFile, 'utf8'))).toEqual(self);
    expect(await readdir(folder)).toEqual(['lock.json']);
  });

  it('keeps a lock that another process has taken meanwhile', async () => {
    const lock = await acquireStateLock(lockFile, self);
    await writeFile(lockFile, JSON.stringify({ pid: 1, startedAt: 'boot:1' }));
    if (lock.kind === 'acquired') await lock.release();
    expect(await readdir(folder)).toEqual(['lock.json']);
  });
});
