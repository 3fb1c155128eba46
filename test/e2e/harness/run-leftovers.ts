import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

import { listRunCgroups } from '../../../stack/hosts/cgroups.ts';
import { hasLink } from '../../../stack/hosts/host-network.ts';
import { isErrorWithCode, readProcessIdentity } from '../../../stack/processes/process-group.ts';
import type { ProcessIdentity } from '../../../stack/processes/process-group.ts';

/** What is left of a run on this machine, read from the kernel and not from the stack's own records. */
export interface RunLeftovers {
  readonly cgroups: readonly string[];
  readonly hasLink: boolean;
  /** Lines of this namespace's mount table that name the run. */
  readonly mounts: readonly string[];
  /** Command lines of processes that name the run or are in its cgroups. */
  readonly processes: readonly string[];
  readonly hasDirectory: boolean;
}

export const NOTHING: RunLeftovers = { cgroups: [], hasLink: false, mounts: [], processes: [], hasDirectory: false };

/** @param runPath the run directory, which ends in the run's id */
export const readRunLeftovers = (runPath: string, runId: string): RunLeftovers => ({
  cgroups: listRunCgroups(runId),
  hasLink: hasLink(runId),
  mounts: readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => line.includes(runId)),
  processes: listProcesses().flatMap((pid) => toProcessOf(runId, pid)),
  hasDirectory: existsSync(runPath),
});

/**
 * The processes in the network namespaces of the run, without that of this process. Not the namespaces: one of another run may get the number of one
 * that has ended.
 */
export const listNamespaceProcesses = (runId: string): readonly ProcessIdentity[] => {
  const pids = listProcesses();
  const [own] = readNetworkNamespace('self');
  const ofRun = pids.filter((pid) => toProcessOf(runId, pid).length > 0).flatMap(readNetworkNamespace);
  const namespaces = new Set(ofRun.filter((namespace) => namespace !== own));
  const within = pids.filter((pid) => readNetworkNamespace(pid).some((namespace) => namespaces.has(namespace)));
  return within.flatMap((pid) => readProcessIdentity(Number(pid)) ?? []);
};

const listProcesses = (): string[] => readdirSync('/proc').filter((name) => /^\d+$/.test(name));

/** Empty when the process is gone or may not be inspected. */
const readNetworkNamespace = (pid: string): string[] => {
  try {
    return [readlinkSync(join('/proc', pid, 'ns/net'))];
  } catch (error) {
    if (isGone(error) || isErrorWithCode(error, 'EACCES')) return [];
    throw error;
  }
};

const toProcessOf = (runId: string, pid: string): string[] => {
  try {
    const [commandLine = '', cgroup = ''] = ['cmdline', 'cgroup'].map((file) =>
      readFileSync(join('/proc', pid, file), 'utf8'),
    );
    return `${commandLine}${cgroup}`.includes(runId) ? [`${pid} ${commandLine.replaceAll('\0', ' ')}`] : [];
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
};

const isGone = (error: unknown): boolean => isErrorWithCode(error, 'ENOENT') || isErrorWithCode(error, 'ESRCH');
