import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readCacheDirectory } from '../../src/config/cache-directory.ts';
import { findProgram } from '../../src/scheduler/find-program.ts';
import { openSession } from '../../src/scheduler/open-session.ts';
import { PROTOCOL_VERSION } from '../../src/scheduler/protocol.ts';
import { startProgramThread, type ProgramThread } from '../../src/scheduler/program-thread.ts';
import { CLAIM_CASES } from './claim-cases.ts';
import { VERDICT_CASES } from './verdict-cases.ts';

// The thread starts under the load of other suites.
jest.setTimeout(120_000);

describe('the verdicts of a session', () => {
  let thread: ProgramThread;

  beforeAll(async () => {
    thread = startProgramThread(await findProgram(readCacheDirectory()));
    await thread.send({ version: PROTOCOL_VERSION, reset: {} });
  });

  afterAll(async () => {
    await thread.end();
  });

  it.each([...VERDICT_CASES, ...CLAIM_CASES])('$name', async ({ facts, trial, places }) => {
    const session = await openSession(thread, facts);
    const expected = Object.entries(places).map(([uid, place]) => [
      uid,
      typeof place === 'string' ? { nodeName: place } : (expect.objectContaining(place) as object),
    ]);
    // Twice: a trial leaves nothing behind.
    for (const attempt of [1, 2]) {
      const found = Object.fromEntries((await session.tryPlacement(trial)).places);
      expect({ attempt, found }).toEqual({ attempt, found: Object.fromEntries(expected) as object });
    }
  });

  it('change if a plugin is switched off', async () => {
    const [spread] = VERDICT_CASES;
    const session = await openSession(thread, spread!.facts, ['PodTopologySpread']);
    const { places } = await session.tryPlacement({ ...spread!.trial, choice: 'emptiest' });
    expect([...places.values()]).toEqual([{ nodeName: 'new-a' }]);
  });
});
