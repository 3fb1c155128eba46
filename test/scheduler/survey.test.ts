import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readCacheDirectory } from '../../src/config/cache-directory.ts';
import { placePods } from '../../src/activities/plan/place-pods.ts';
import type { Rescheduling } from '../../src/domain/scheduling/rescheduling.ts';
import { isPlacedInAnyOrder, type RoomSurvey } from '../../src/domain/scheduling/room-survey.ts';
import type { Scheduler } from '../../src/ports/scheduler.ts';
import { findProgram } from '../../src/scheduler/find-program.ts';
import { openSession } from '../../src/scheduler/open-session.ts';
import { startProgramThread, type ProgramThread } from '../../src/scheduler/program-thread.ts';
import { node } from '../builders/node.ts';
import { owner, pod } from '../builders/pod.ts';
import { rescheduling } from '../builders/rescheduling.ts';
import { REMOVED, toRandomCluster, toRandomTrials, type RandomCluster } from './random-cluster.ts';
import { SURVEY_CASES } from './survey-cases.ts';

// The thread starts under the load of other suites.
jest.setTimeout(120_000);

const SEEDS = 120;
/** With every trial. */
const PLANS = 40;

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

  it(`changes no verdict of a plan by the trials that it saves, in ${PLANS} random clusters`, async () => {
    let saved = 0;
    for (let seed = 1; seed <= PLANS; seed++) {
      const plan = toReschedulingOf(toRandomCluster(seed));
      const short = await placePods(schedulerOf(thread), plan);
      const long = await placePods(schedulerOf(thread, new Map()), plan);
      expect({ seed, byUid: short.byUid, unplacedAtBest: short.unplacedAtBest }).toEqual({
        seed,
        byUid: long.byUid,
        unplacedAtBest: long.unplacedAtBest,
      });
      saved += long.trialCount - short.trialCount;
    }
    expect(saved).toBeGreaterThan(200);
  });
});

/** @param survey in place of the program's own */
const schedulerOf = (thread: ProgramThread, survey?: RoomSurvey): Scheduler => ({
  prepare: () => undefined,
  open: async (facts) => {
    const session = await openSession(thread, facts);
    return {
      ...session,
      ...(survey === undefined ? {} : { surveyRoom: () => Promise.resolve(survey) }),
      close: () => Promise.resolve(),
    };
  },
});

/** The plan of a removal of the nodes; the pods of a template belong to one ReplicaSet. */
const toReschedulingOf = ({ facts, pods }: RandomCluster): Rescheduling => {
  const all = facts.pods.map(({ namespace, name, uid, nodeName, template }) =>
    pod({
      namespace,
      name,
      uid,
      nodeName,
      phase: nodeName === '' ? 'Pending' : 'Running',
      controller: owner('apps/v1', 'ReplicaSet', `w${template}`),
    }),
  );
  const asked = new Set(pods.map(({ uid }) => uid));
  return rescheduling(
    all.filter(({ uid, nodeName }) => asked.has(uid) && nodeName !== ''),
    {
      nodes: facts.nodes.map(({ metadata }) => node({ name: (metadata as { name: string }).name })),
      pods: all,
      scheduling: facts,
      removedNodeNames: REMOVED,
    },
  );
};
