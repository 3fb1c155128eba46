import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { isErrorWithCode } from '../processes/process-group.ts';

const ROOT = '/sys/fs/cgroup';
/** CGROUP2_SUPER_MAGIC of linux/magic.h. */
const CGROUP2_MAGIC = 0x63677270;
const REMOVAL_TIMEOUT_MILLISECONDS = 60_000;
const REMOVAL_INTERVAL_MILLISECONDS = 50;

/**
 * Creates the cgroup of one host in every hierarchy: all controllers of cgroup v1, or the single one of v2.
 * @returns their folders
 */
export const createHostCgroups = (runId: string, hostName: string): string[] =>
  listHierarchies().map((hierarchy) => {
    const ofRun = toRunCgroup(hierarchy, runId);
    const ofHost = join(ofRun, hostName);
    for (const path of [ofRun, ofHost]) {
      mkdirSync(path, { recursive: true });
      if (!isUnified()) inheritCpuset(path);
    }
    // A cgroup with processes cannot delegate controllers, so both parents do (cgroups(7), "no internal processes").
    if (isUnified()) for (const path of [hierarchy, ofRun]) delegateControllers(path);
    return ofHost;
  });

/**
 * Removes all cgroups of a run.
 * @returns false while one of them still holds a process
 */
export const tryToRemoveRunCgroups = (runId: string): boolean =>
  listHierarchies()
    .map((hierarchy) => tryToRemove(toRunCgroup(hierarchy, runId)))
    .every((isGone) => isGone);

/**
 * The same, but blocks this thread until the killed processes of the run are gone, for 60 s at most: for a process that is about to exit.
 * @returns whether all are gone
 */
export const removeRunCgroups = (runId: string): boolean => {
  const deadline = Date.now() + REMOVAL_TIMEOUT_MILLISECONDS;
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  while (!tryToRemoveRunCgroups(runId)) {
    if (Date.now() > deadline) return false;
    Atomics.wait(sleeper, 0, 0, REMOVAL_INTERVAL_MILLISECONDS);
  }
  return true;
};

/** The folders of a run's existing cgroups. */
export const listRunCgroups = (runId: string): string[] =>
  listHierarchies()
    .map((hierarchy) => toRunCgroup(hierarchy, runId))
    .filter((path) => existsSync(path));

const toRunCgroup = (hierarchy: string, runId: string): string => join(hierarchy, `node-decommission-${runId}`);

/** Where each hierarchy is mounted; empty where there are no cgroups. */
const listHierarchies = (): string[] => {
  if (isUnified()) return [ROOT];
  if (!existsSync(ROOT)) return [];
  // The others are links to combined controllers, e.g. cpu to cpu,cpuacct.
  return readdirSync(ROOT, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(ROOT, name))
    .filter((path) => existsSync(join(path, 'cgroup.procs')));
};

const isUnified = (): boolean => existsSync(ROOT) && statfsSync(ROOT).type === CGROUP2_MAGIC;

/** A new cpuset of cgroup v1 has no CPU and no memory, and therefore accepts no process. */
const inheritCpuset = (path: string): void => {
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    const own = join(path, file);
    if (existsSync(own) && readFileSync(own, 'utf8').trim() === '') {
      writeFileSync(own, readFileSync(join(path, '..', file), 'utf8'));
    }
  }
};

const delegateControllers = (path: string): void => {
  const controllers = readFileSync(join(path, 'cgroup.controllers'), 'utf8').trim().split(' ');
  for (const controller of controllers) writeFileSync(join(path, 'cgroup.subtree_control'), `+${controller}`);
};

const tryToRemove = (path: string): boolean => {
  try {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      if (entry.isDirectory()) tryToRemove(join(path, entry.name));
    }
    rmdirSync(path);
    return true;
  } catch (error) {
    if (isErrorWithCode(error, 'ENOENT')) return true;
    if (isErrorWithCode(error, 'EBUSY') || isErrorWithCode(error, 'ENOTEMPTY')) return false;
    throw error;
  }
};
