import type { Scheduler } from '../ports/scheduler.ts';
import { findProgram } from './find-program.ts';
import { openSession } from './open-session.ts';
import { startProgramThread } from './program-thread.ts';

export interface SchedulerOptions {
  /** Where the cache is found: `XDG_CACHE_HOME`, `HOME`. Default: that of the process. */
  readonly environment?: NodeJS.ProcessEnv;
  /** The program's file; default: found by `findProgram`. */
  readonly programPath?: string;
  /** Names of plugins that are switched off, e.g. `InterPodAffinity`, to show what they contribute. Default: none. */
  readonly disabledPlugins?: readonly string[];
}

/** kube-scheduler's plugins as WebAssembly. Each session has a thread and memory of its own, which end with it. */
export const createScheduler = (options: SchedulerOptions = {}): Scheduler => ({
  open: async (facts) => {
    const thread = startProgramThread(options.programPath ?? (await findProgram(options.environment ?? process.env)));
    try {
      return await openSession(thread, facts, options.disabledPlugins);
    } catch (error) {
      await thread.end();
      throw error;
    }
  },
});
