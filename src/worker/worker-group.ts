import type { Worker } from '@temporalio/worker';

/** Several workers of the SDK that run and end together. */
export interface WorkerGroup {
  /**
   * Runs all of them until `shutdown`, or until one fails: then the others shut down too. Call it once.
   * @throws Error of the first worker that failed, when all have ended.
   */
  run(): Promise<void>;
  /** Starts the shutdown; `run` returns when running activities have ended or were handed over. Without effect before `run`, and again. */
  shutdown(): void;
}

export type GroupedWorker = Pick<Worker, 'run' | 'shutdown' | 'getState'>;

/** Makes one group of these workers, which must not run yet. */
export const toWorkerGroup = (workers: readonly GroupedWorker[]): WorkerGroup => {
  const shutdown = (): void => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  return {
    shutdown,
    run: async () => {
      const runs = workers.map((worker) => worker.run());
      for (const run of runs) run.catch(shutdown);
      const ends = await Promise.allSettled(runs);
      for (const end of ends) if (end.status === 'rejected') throw end.reason;
    },
  };
};

/**
 * Creates all of them. If one cannot be created, the others are closed: a connection that they use could not be closed otherwise.
 * @throws Error of the first that could not be created.
 */
export const createWorkerGroup = async (creations: readonly Promise<GroupedWorker>[]): Promise<WorkerGroup> => {
  const results = await Promise.allSettled(creations);
  const created = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const group = toWorkerGroup(created);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed === undefined) return group;
  const ended = group.run();
  group.shutdown();
  await ended.catch(() => undefined);
  throw failed.reason;
};
