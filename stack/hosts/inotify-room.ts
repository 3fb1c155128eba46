import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { awaitCondition } from '../processes/await-condition.ts';
import { withOwnedLock } from '../processes/owned-lock.ts';
import { isErrorWithCode } from '../processes/process-group.ts';

/**
 * Linux gives each user a fixed number of inotify instances, 128 where nobody changed it (inotify(7)), and root's hosts share root's:
 * systemd does not boot without its own, and a kubelet without them never makes its Node Ready. So hosts that would find too few wait
 * until others have gone. The limit is the machine's owner's to change.
 */

/** A host has been seen with 18: seven each of its systemd and its kubelet, one each of containerd, dockerd, logind and dbus. */
const INSTANCES_PER_HOST = 18;
/** For a host that is off for a moment, and for whoever else starts something. */
const MARGIN = 10;
const LIMIT_PATH = '/proc/sys/fs/inotify/max_user_instances';
/** Machine-wide: two runs must not both count on the same room. */
const LOCK = '/run/node-decommission-hosts.lock';
const TIMEOUT_MILLISECONDS = 1_500_000;

export interface InotifyUse {
  readonly limit: number;
  readonly used: number;
}

/**
 * Boots hosts when there is room for them, while no other run boots any. What they use counts from when `boot` has ended.
 * @param onWait called once when they have to wait, with a sentence that says why
 * @throws Error with one sentence where there never will be room, or was none for 25 minutes
 */
export const withInotifyRoom = async <Result>(
  hostCount: number,
  onWait: (sentence: string) => void,
  boot: () => Promise<Result>,
): Promise<Result> => {
  return withOwnedLock(
    LOCK,
    () => undefined,
    async () => {
      await awaitRoom(hostCount, onWait);
      return boot();
    },
  );
};

const awaitRoom = async (hostCount: number, onWait: (sentence: string) => void): Promise<void> => {
  let isWaiting = false;
  await awaitCondition(
    toSentence(hostCount, readInotifyUse()),
    () => {
      const use = readInotifyUse();
      if (hasInotifyRoom(hostCount, use)) return true;
      if (!isWaiting) onWait(`Waiting until ${toSentence(hostCount, use)}.`);
      isWaiting = true;
      return false;
    },
    { timeoutMilliseconds: TIMEOUT_MILLISECONDS, intervalMilliseconds: 1000 },
  );
};

const toSentence = (hostCount: number, { limit, used }: InotifyUse): string => {
  return (
    `there is room for ${hostCount} more ${hostCount === 1 ? 'host' : 'hosts'}: of ${limit} inotify instances ${used} are in use ` +
    `and ${toNeed(hostCount)} would have to be free. To have more: sysctl fs.inotify.max_user_instances=1024`
  );
};

/** @throws Error with one sentence where the hosts would not fit even if nothing else ran */
export const hasInotifyRoom = (hostCount: number, { limit, used }: InotifyUse): boolean => {
  const need = toNeed(hostCount);
  if (need > limit) {
    throw new Error(
      `${hostCount} hosts need about ${need} inotify instances and this machine allows ${limit}: ` +
        'ask for fewer, or set `sysctl fs.inotify.max_user_instances=1024`.',
    );
  }
  return used + need <= limit;
};

const toNeed = (hostCount: number): number => {
  return hostCount * INSTANCES_PER_HOST + MARGIN;
};

const readInotifyUse = (): InotifyUse => {
  const user = process.geteuid?.();
  const used = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => readOwner(pid) === user)
    .reduce((sum, pid) => sum + countInotifyInstances(pid), 0);
  return { limit: Number(readFileSync(LIMIT_PATH, 'utf8')), used };
};

/** What a process has open; 0 when it is gone. */
export const countInotifyInstances = (pid: number): number => {
  const folder = `/proc/${pid}/fd`;
  return orWhenGone(() => readdirSync(folder), []).filter(
    (name) => orWhenGone(() => readlinkSync(join(folder, name)), '') === 'anon_inode:inotify',
  ).length;
};

const readOwner = (pid: number): number | undefined => {
  return orWhenGone(() => statSync(`/proc/${pid}`).uid, undefined);
};

/** Processes and their files come and go while they are counted. */
const orWhenGone = <Result>(read: () => Result, whenGone: Result): Result => {
  try {
    return read();
  } catch (error) {
    if (isGone(error)) return whenGone;
    throw error;
  }
};

const isGone = (error: unknown): boolean => {
  return ['ENOENT', 'ESRCH', 'EACCES'].some((code) => isErrorWithCode(error, code));
};
