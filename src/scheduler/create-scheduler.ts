import type { Scheduler, SchedulerSession } from '../ports/scheduler.ts';
import { findProgram } from './find-program.ts';
import { createIdleThread } from './idle-thread.ts';
import { openSession, type OpenSession } from './open-session.ts';
import { startProgramThread, type ProgramThread } from './program-thread.ts';

export interface SchedulerOptions {
  /** The program's file, or the user's cache, where a checkout has it. */
  readonly program: { readonly path: string } | { readonly cacheDirectory: string };
  /** Names of plugins that are switched off, e.g. `InterPodAffinity`, to show what they contribute. Default: none. */
  readonly disabledPlugins?: readonly string[];
}

/** The memory of a thread never shrinks: after the facts of a large cluster it is released at once. */
const MAX_PODS_OF_IDLE_THREAD = 5_000;
/** A start takes a sixth of a second, and an idle thread a hundred megabytes: it waits for sessions that follow each other at once. */
const IDLE_MILLISECONDS = 2000;
/** The facts of a large cluster are read meanwhile. */
const PREPARED_MILLISECONDS = 300_000;

/**
 * kube-scheduler's plugins as WebAssembly. Each session has a thread and memory of its own. A thread whose session was small waits for a moment
 * for the next session; one that was prepared, for five minutes.
 */
export const createScheduler = ({ program, disabledPlugins }: SchedulerOptions): Scheduler => {
  const idle = createIdleThread();
  const start = async (): Promise<ProgramThread> =>
    startProgramThread('path' in program ? program.path : await findProgram(program.cacheDirectory));
  const take = async (): Promise<ProgramThread> => idle.take() ?? (await start());
  return {
    prepare: () => {
      take()
        .then((thread) => idle.keep(thread, PREPARED_MILLISECONDS))
        .catch(() => undefined);
    },
    open: async (facts) => {
      const thread = await take();
      try {
        const session = await openSession(thread, facts, disabledPlugins);
        const isSmall = facts.pods.length <= MAX_PODS_OF_IDLE_THREAD;
        return withClose(session, () => (isSmall ? idle.keep(thread, IDLE_MILLISECONDS) : thread.end()));
      } catch (error) {
        await thread.end();
        throw error;
      }
    },
  };
};

/** Once closed, the session can no longer use its thread; closing it again has no effect. */
const withClose = ({ tryPlacement, surveyRoom }: OpenSession, close: () => Promise<void>): SchedulerSession => {
  let isClosed = false;
  const checkOpen = (): void => {
    if (isClosed) throw new Error('The session of the scheduler is closed.');
  };
  return {
    tryPlacement: async (trial) => {
      checkOpen();
      return await tryPlacement(trial);
    },
    surveyRoom: async (question) => {
      checkOpen();
      return await surveyRoom(question);
    },
    close: async () => {
      if (isClosed) return;
      isClosed = true;
      await close();
    },
  };
};
