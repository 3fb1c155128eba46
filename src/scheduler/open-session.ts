import { setImmediate } from 'node:timers/promises';
import type { SchedulerFacts } from '../domain/scheduling/scheduler-facts.ts';
import type { SchedulerSession } from '../ports/scheduler.ts';
import { splitFacts, type MutableNames } from './facts-in-pieces.ts';
import { toRoomSurvey, toSurveyRequest, toTrialRequest, toTrialResult, type LoadedNames } from './loaded-names.ts';
import type { ProgramThread } from './program-thread.ts';
import { PROTOCOL_VERSION } from './protocol.ts';

/** A session without its end. */
export type OpenSession = Pick<SchedulerSession, 'tryPlacement' | 'surveyRoom'>;

/**
 * Loads the facts in the thread, in place of others. The thread stays the caller's.
 * @param disabledPlugins names of plugins that are switched off; default: none
 * @throws Error: the program rejects the facts, or its thread has ended.
 */
export const openSession = async (
  thread: ProgramThread,
  facts: SchedulerFacts,
  disabledPlugins: readonly string[] = [],
): Promise<OpenSession> => {
  await thread.send({ version: PROTOCOL_VERSION, reset: {} });
  const names = await sendFacts(thread, facts);
  await thread.send({ version: PROTOCOL_VERSION, load: { disabledPlugins } });
  return toSession(thread, names);
};

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

const toSession = (thread: ProgramThread, names: LoadedNames): OpenSession => ({
  tryPlacement: async (trial) => toTrialResult(trial, await thread.send(toTrialRequest(trial, names)), names),
  surveyRoom: async (question) => toRoomSurvey(question, await thread.send(toSurveyRequest(question, names))),
});
