import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PlannedCluster } from './plan-cluster.ts';
import type { Observed } from './play-cluster.ts';

/** A generated cluster, its plan, and what the running scheduler did. */
export interface PlayedCase extends PlannedCluster {
  readonly seed: number;
  readonly observed: Observed;
}

/** Writes the case to the directory AGREEMENT_RECORDS, if that is set, so that it can be judged again without a cluster. */
export const recordCase = (played: PlayedCase): PlayedCase => {
  const directory = process.env['AGREEMENT_RECORDS'];
  if (directory !== undefined) {
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, `${played.seed}.json`), JSON.stringify(played));
  }
  return played;
};

/** The recorded cases, by seed. */
export const readCases = (directory: string): readonly PlayedCase[] =>
  readdirSync(directory)
    .map((name) => JSON.parse(readFileSync(join(directory, name), 'utf8')) as PlayedCase)
    .sort((a, b) => a.seed - b.seed);
