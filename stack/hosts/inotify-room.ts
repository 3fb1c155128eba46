import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { awaitCondition } from '../processes/await-condition.ts';
import { withOwnedLock } from '../processes/owned-lock.ts';
import { isErrorWithCode } from '../processes/process-group.ts';

/**
 * Linux limits the inotify instances of each user, by default to 128 (inotify(7)), and all hosts share root's limit:
 * without instances systemd does not boot, and a kubelet never makes its Node Ready. So hosts wait until enough instances are free.
 * The limit is not changed here: that is up to the machine's owner.
 */

/** Measured: seven each for systemd and kubelet, one each for containerd, dockerd, logind and dbus. */
const INSTANCES_PER_HOST = 18;
/** For a host that is off at the moment, and for other programs. */
const MARGIN = 10;
const LIMIT_PATH = '/proc/sys/fs/inotify/max_user_instances';
/** Machine-wide: two runs must not both reserve the same instances. */
const LOCK = '/run/node-decommission-hosts.lock';
const TIMEOUT_MILLISECONDS = 1_500_000;

export interface InotifyUse {
  readonly limit: number;
  readonly used: number;
}

/**
 * Boots hosts as soon as enough inotify instances are free, while no other run boots any. Their use counts once `boot` has returned.
 * @param onWait called once when they have to wait, with the reason as a sentence
 * @throws Error when the limit is too low for them, or when too few instances were free for 25 minutes.
 */
export const withInotifyRoom = async <Result>(
  hostCount: number,
  onWait: (sentence: string) => void,
  boot: () => Promise<Result>,
): Promise<Result> =>
  withOwnedLock(
    LOCK,
    () => undefined,
    async () => {
      await awaitRoom(hostCount, onWait);
      return boot();
    },
  );

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

const toSentence = (hostCount: number, { limit, used }: InotifyUse): string =>
  `${toNeed(hostCount)} inotify instances are free for ${hostCount} more ${hostCount === 1 ? 'host' : 'hosts'} ` +
  `(${used} of ${limit} are in use). To raise the limit, run \`sysctl fs.inotify.max_user_instances=1024\``;

/**
 * @throws Error when the limit is too low for the hosts, even if no other program used any.
 */
export const hasInotifyRoom = (hostCount: number, { limit, used }: InotifyUse): boolean => {
  const need = toNeed(hostCount);
  if (need > limit) {
    throw new Error(
      `${hostCount} hosts need about ${need} inotify instances and this machine allows ${limit}. ` +
        'Start fewer hosts, or raise the limit with `sysctl fs.inotify.max_user_instances=1024`.',
    );
  }
  return used + need <= limit;
};

const toNeed = (hostCount: number): number => hostCount * INSTANCES_PER_HOST + MARGIN;

const readInotifyUse = (): InotifyUse => {
  const user = process.geteuid?.();
  const used = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => readOwner(pid) === user)
    .reduce((sum, pid) => sum + countInotifyInstances(pid), 0);
  return { limit: Number(readFileSync(LIMIT_PATH, 'utf8')), used };
};

/** The inotify instances that a process has open; 0 when the process is gone. */
export const countInotifyInstances = (pid: number): number => {
  const folder = `/proc/${pid}/fd`;
  return orWhenGone(() => readdirSync(folder), []).filter(
    (name) => orWhenGone(() => readlinkSync(join(folder, name)), '') === 'anon_inode:inotify',
  ).length;
};

const readOwner = (pid: number): number | undefined => orWhenGone(() => statSync(`/proc/${pid}`).uid, undefined);

/** Processes and their files may disappear while they are counted. */
const orWhenGone = <Result>(read: () => Result, whenGone: Result): Result => {
  try {
    return read();
  } catch (error) {
    if (isGone(error)) return whenGone;
    throw error;
  }
};

const isGone = (error: unknown): boolean => ['ENOENT', 'ESRCH', 'EACCES'].some((code) => isErrorWithCode(error, code));
