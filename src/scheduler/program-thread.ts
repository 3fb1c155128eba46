import { Worker } from 'node:worker_threads';
import type { ProgramRequest, ProgramResponse } from './protocol.ts';

/** The program in a thread of its own. */
export interface ProgramThread {
  /**
   * Requests are answered in the order in which they are sent.
   * @throws Error: the program reports an error, or its thread has ended.
   */
  readonly send: (request: ProgramRequest) => Promise<ProgramResponse>;
  /** The process may end while the thread runs. */
  readonly release: () => void;
  /** The process ends after the thread, as at its start. */
  readonly hold: () => void;
  /** Ends the thread and releases its memory; pending requests fail. */
  readonly end: () => Promise<void>;
}

interface PendingRequest {
  readonly resolve: (response: ProgramResponse) => void;
  readonly reject: (error: Error) => void;
}

/** Starts the thread; what goes wrong in it fails the requests. */
export const startProgramThread = (programPath: string): ProgramThread => {
  const ending = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
  const worker = new Worker(new URL(`./thread${ending}`, import.meta.url), {
    workerData: { programPath },
    // For node:wasi and, from a checkout, for stripped types.
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const pending: PendingRequest[] = [];
  let failure: Error | undefined;
  const fail = (error: Error): void => {
    failure ??= error;
    for (const { reject } of pending.splice(0)) reject(failure);
  };
  worker.on('message', (response: ProgramResponse) => {
    const request = pending.shift();
    if (response.error === undefined) request?.resolve(response);
    else request?.reject(new Error(`The scheduler program reports: ${response.error}`));
  });
  worker.on('error', (error: Error) => {
    fail(new Error(`The scheduler program failed: ${error.message}`, { cause: error }));
  });
  worker.on('exit', () => {
    fail(new Error('The thread of the scheduler program has ended.'));
  });
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        if (failure !== undefined) {
          reject(failure);
          return;
        }
        pending.push({ resolve, reject });
        worker.postMessage(request);
      }),
    release: () => {
      worker.unref();
    },
    hold: () => {
      worker.ref();
    },
    end: async () => {
      await worker.terminate();
    },
  };
};
