import type { ProgramThread } from './program-thread.ts';

/** At most one thread that has no session, for a while. It keeps no process alive. */
export interface IdleThread {
  /** The idle thread, which then belongs to the caller. */
  readonly take: () => ProgramThread | undefined;
  /** Keeps the thread for so long, or ends it if there is one already. */
  readonly keep: (thread: ProgramThread, milliseconds: number) => Promise<void>;
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
    keep: async (thread, milliseconds) => {
      if (idle !== undefined) {
        await thread.end();
        return;
      }
      thread.release();
      const timer = setTimeout(() => {
        idle = undefined;
        void thread.end();
      }, milliseconds);
      timer.unref();
      idle = { thread, timer };
    },
  };
};
