import { toProgram } from '../../src/scheduler/load-program.ts';
import { PROTOCOL_VERSION } from '../../src/scheduler/protocol.ts';
import type { ProgramRequest } from '../../src/scheduler/protocol.ts';
import { initializeModule } from './initialize-module.ts';

/** What plugins create once, such as their default configuration, exists after the first cluster. */
const EMPTY_CLUSTER: readonly ProgramRequest[] = [
  { version: PROTOCOL_VERSION, reset: {} },
  { version: PROTOCOL_VERSION, load: { disabledPlugins: [] } },
  { version: PROTOCOL_VERSION, reset: {} },
];

/**
 * The program of `src/scheduler` as it is after its start and its first cluster, so that a plan does not wait for either.
 * @param code as compiled by Go
 * @throws Error: the program does not start, or rejects an empty cluster.
 */
export const initializeScheduler = (code: Buffer): Promise<Buffer> =>
  initializeModule(code, (exports) => {
    const program = toProgram(exports);
    for (const request of EMPTY_CLUSTER) {
      const { error } = program.call(request);
      if (error !== undefined) throw new Error(`The scheduler program rejects an empty cluster: ${error}`);
    }
  });
