import { parentPort, workerData } from 'node:worker_threads';
import { loadProgram } from './load-program.ts';
import type { ProgramRequest } from './protocol.ts';

/** The thread of one session: loads the program, then answers one request after another. */
const { programPath } = workerData as { readonly programPath: string };

const program = await loadProgram(programPath);
parentPort?.on('message', (request: ProgramRequest) => {
  parentPort?.postMessage(program.call(request));
});
