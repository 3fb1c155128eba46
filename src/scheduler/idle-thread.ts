import type { ProgramThread } from './program-thread.ts';

/** To start the program takes a second of processor time; a worker that plans several tasks in a row does it once. */
const IDLE_MILLISECONDS = 30_000;

/** At most one thread that has no session, for a while. It keeps no process alive. */
export interface IdleThread {
  /** The idle thread, which then belongs to the caller. */
  readonly take: () => ProgramThread | undefined;
  /** Keeps the thread, or ends it if there is one already. */
  readonly keep: (thread: ProgramThread) => Promise<void>;
}

export const createIdleThread = (): IdleThread => {
  let idle: { readonly thread: ProgramThread; readonly timer: NodeJS.Timeout } | undefined;
  return {
    take: () => {
      if (idle === undefined) return undefined;
      const { thread, timer } = idle;
      clearTimeout(timer);
      idle = undefined;
      thread.hold();
      return thread;
    },
    keep: async (thread) => {
      if (idle !== undefined) {
        await thread.end();
        return;
      }
      thread.release();
      const timer = setTimeout(() => {
        idle = undefined;
        void thread.end();
      }, IDLE_MILLISECONDS);
      timer.unref();
      idle = { thread, timer };
    },
  };
};
