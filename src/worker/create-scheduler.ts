import { readCacheDirectory } from '../config/cache-directory.ts';
import type { Scheduler } from '../ports/scheduler.ts';
import { createScheduler as createProgram, type SchedulerOptions } from '../scheduler/create-scheduler.ts';

/** kube-scheduler's plugins; their program is in the package, or in the user's cache. */
export const createScheduler = (options: Omit<SchedulerOptions, 'program'> = {}): Scheduler =>
  createProgram({ ...options, program: { cacheDirectory: readCacheDirectory() } });
