import type { PlacementTrial, TrialPlace, TrialResult } from '../domain/scheduling/placement-trial.ts';
import type { RoomQuestion, RoomSurvey } from '../domain/scheduling/room-survey.ts';
import { PROTOCOL_VERSION, type ProgramRequest, type ProgramResponse, type ProgramSurvey } from './protocol.ts';

/** The program knows nodes and pods by position; this is which is which. */
export interface LoadedNames {
  readonly nodeNames: readonly string[];
  readonly nodePositions: ReadonlyMap<string, number>;
  /** By UID. */
  readonly podPositions: ReadonlyMap<string, number>;
}

/** @throws Error: the trial names a node or pod that is not in the facts. */
export const toTrialRequest = (trial: PlacementTrial, names: LoadedNames): ProgramRequest => ({
  version: PROTOCOL_VERSION,
  trial: {
    ...toPositions(trial, names),
    deleted: trial.removedNodes === 'deleted',
    oneByOne: trial.leave === 'oneByOne',
    later: trial.leave === 'later',
    choice: trial.choice,
    preferred: (trial.preferredNodeNames ?? []).map((name) => positionOf(names.nodePositions, name, 'node')),
  },
});

/** @throws Error: as `toTrialRequest`. */
export const toSurveyRequest = (question: RoomQuestion, names: LoadedNames): ProgramRequest => ({
  version: PROTOCOL_VERSION,
  survey: toPositions(question, names),
});

const toPositions = ({ removedNodeNames, pods }: RoomQuestion, names: LoadedNames): ProgramSurvey => ({
  removedNodes: removedNodeNames.map((name) => positionOf(names.nodePositions, name, 'node')),
  pods: pods.map(({ uid }) => positionOf(names.podPositions, uid, 'pod with UID')),
  templates: pods.map(({ template }) => template ?? -1),
});

const positionOf = (positions: ReadonlyMap<string, number>, key: string, what: string): number => {
  const position = positions.get(key);
  if (position === undefined) throw new Error(`The trial names ${what} ${key}, which is not in the facts.`);
  return position;
};

/** @throws Error: the response does not belong to the trial. */
export const toTrialResult = (
  trial: PlacementTrial,
  { trial: result }: ProgramResponse,
  names: LoadedNames,
): TrialResult => {
  const places = new Map<string, TrialPlace>();
  for (const [index, { uid }] of trial.pods.entries()) {
    const place = result?.places[index];
    if (place === undefined) throw new Error(`The scheduler program returned no place for the pod with UID ${uid}.`);
    places.set(
      uid,
      place >= 0 ? { nodeName: names.nodeNames[place] ?? '' } : toNoPlace(result?.noPlaces?.[-1 - place]),
    );
  }
  return { places };
};

export const toRoomSurvey = ({ pods }: RoomQuestion, { survey }: ProgramResponse): RoomSurvey =>
  new Map(
    pods.flatMap(({ uid }, index) => {
      const room = survey?.rooms?.[survey.room[index] ?? -1];
      return room === undefined ? [] : [[uid, room] as const];
    }),
  );

const toNoPlace = (
  reason: { message: string; plugins: readonly string[]; byPreemption: boolean } | undefined,
): TrialPlace => ({
  message: reason?.message ?? '',
  plugins: reason?.plugins ?? [],
  isPlacedByPreemption: reason?.byPreemption ?? false,
});
