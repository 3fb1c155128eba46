import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { ChildProcess } from 'node:child_process';

import { countInotifyInstances, hasInotifyRoom } from '../../../stack/hosts/inotify-room.ts';

const LIMIT = 128;

describe('hasInotifyRoom', () => {
  it.each([
    [1, 0, true],
    [1, 100, true],
    [1, 101, false],
    [3, 64, true],
    [3, 65, false],
    [6, 10, true],
    [6, 11, false],
  ])('for %d hosts with %d of 128 instances in use: %s', (hostCount, used, hasRoom) => {
    expect(hasInotifyRoom(hostCount, { limit: LIMIT, used })).toBe(hasRoom);
  });

  it('throws when the limit is too low', () => {
    expect(() => hasInotifyRoom(7, { limit: LIMIT, used: 0 })).toThrow(
      /^7 hosts need about 136 inotify instances and this machine allows 128.*sysctl fs\.inotify/,
    );
  });
});

describe('countInotifyInstances', () => {
  let child: ChildProcess | undefined;
  afterEach(() => {
    child?.kill('SIGKILL');
  });

  it.each([
    [1, "fs.watch('/');"],
    [0, ''],
  ])('counts %d', async (count, watch) => {
    child = spawn(process.execPath, ['-e', `${watch} console.log('ready'); setInterval(() => {}, 1000)`]);
    await once(child.stdout!, 'data');
    expect(countInotifyInstances(child.pid!)).toBe(count);
  });

  it('counts 0 for a process that is gone', async () => {
    child = spawn(process.execPath, ['-e', '']);
    await once(child, 'close');
    expect(countInotifyInstances(child.pid!)).toBe(0);
  });
});
