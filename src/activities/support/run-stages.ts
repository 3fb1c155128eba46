import { setImmediate } from 'node:timers/promises';
import type { Stages } from '../../domain/preflight/stages.ts';

/** Between the parts, whatever else waits in this process runs: heartbeats of other activities above all. */
export const runStages = async <Result>(stages: Stages<Result>): Promise<Result> => {
  for (;;) {
    const { done, value } = stages.next();
    if (done === true) return value;
    await setImmediate();
  }
};
