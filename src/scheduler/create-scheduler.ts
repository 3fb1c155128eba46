import { setImmediate } from 'node:timers/promises';
import type { SchedulerFacts } from '../domain/scheduling/scheduler-facts.ts';
import type { Scheduler, SchedulerSession } from '../ports/scheduler.ts';
import { splitFacts, type MutableNames } from './facts-in-pieces.ts';
import { findProgram } from './find-program.ts';
import { toTrialRequest, toTrialResult, type LoadedNames } from './loaded-names.ts';
import { startProgramThread, type ProgramThread } from './program-thread.ts';
import { PROTOCOL_VERSION } from './protocol.ts';

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
      const names = await sendFacts(thread, facts);
      await thread.send({ version: PROTOCOL_VERSION, load: { disabledPlugins: options.disabledPlugins ?? [] } });
      return toSession(thread, names);
    } catch (error) {
      await thread.end();
      throw error;
    }
  },
});

/** The next piece is copied while the thread reads the one before it; other work of the process runs after each. */
const sendFacts = async (thread: ProgramThread, facts: SchedulerFacts): Promise<LoadedNames> => {
  const names: MutableNames = { nodeNames: [], nodePositions: new Map(), podPositions: new Map() };
  let sent: Promise<unknown> = Promise.resolve();
  for (const add of splitFacts(facts, names)) {
    const next = thread.send({ version: PROTOCOL_VERSION, add });
    // Awaited one piece later.
    next.catch(() => undefined);
    await sent;
    sent = next;
    await setImmediate();
  }
  await sent;
  return names;
};

const toSession = (thread: ProgramThread, names: LoadedNames): SchedulerSession => ({
  tryPlacement: async (trial) => toTrialResult(trial, await thread.send(toTrialRequest(trial, names)), names),
  close: () => thread.end(),
});
