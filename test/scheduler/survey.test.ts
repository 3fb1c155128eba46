import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readCacheDirectory } from '../../src/config/cache-directory.ts';
import { isPlacedInAnyOrder } from '../../src/domain/scheduling/room-survey.ts';
import { findProgram } from '../../src/scheduler/find-program.ts';
import { openSession } from '../../src/scheduler/open-session.ts';
import { startProgramThread, type ProgramThread } from '../../src/scheduler/program-thread.ts';
import { REMOVED, toRandomCluster, toRandomTrials } from './random-cluster.ts';
import { SURVEY_CASES } from './survey-cases.ts';

// The thread starts under the load of other suites.
jest.setTimeout(120_000);

const SEEDS = 120;

describe('the survey of a session', () => {
  let thread: ProgramThread;

  beforeAll(async () => {
    thread = startProgramThread(await findProgram(readCacheDirectory()));
  });

  afterAll(async () => {
    await thread.end();
  });

  it.each(SURVEY_CASES)('$name', async ({ facts, pods, rooms }) => {
    const session = await openSession(thread, facts);
    const survey = await session.surveyRoom({ removedNodeNames: ['old'], pods });
    expect(Object.fromEntries(survey)).toEqual(rooms);
  });

  it(`names no pod as certainly placed that an adversary can leave without a place, in ${SEEDS} random clusters`, async () => {
    let certain = 0;
    let uncertain = 0;
    const refuted: string[] = [];
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { facts, pods } = toRandomCluster(seed);
      const session = await openSession(thread, facts);
      const survey = await session.surveyRoom({ removedNodeNames: REMOVED, pods });
      const sure = pods.filter(({ uid }) => {
        const room = survey.get(uid);
        return room !== undefined && isPlacedInAnyOrder(room, pods.length - 1);
      });
      certain += sure.length;
      uncertain += pods.length - sure.length;
      if (sure.length === 0) continue;
      for (const [index, trial] of toRandomTrials(seed, facts, pods).entries()) {
        const { places } = await session.tryPlacement(trial);
        for (const { uid } of sure) {
          const place = places.get(uid);
          const isPlaced = place !== undefined && 'nodeName' in place && !REMOVED.includes(place.nodeName);
          if (!isPlaced) refuted.push(`seed ${seed}, trial ${index}: ${uid} ${JSON.stringify(place)}`);
        }
      }
    }
    expect(refuted).toEqual([]);
    // Otherwise the clusters show nothing.
    expect({ certain: certain > 200, uncertain: uncertain > 100 }).toEqual({ certain: true, uncertain: true });
  });
});
