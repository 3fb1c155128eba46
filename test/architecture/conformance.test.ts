import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

/*
 * The rows that this tool is compared with: the tests of `kubectl drain` (D), `cordon` (C) and their library (L), of its end-to-end script (M),
 * of the eviction endpoint (E) and its integration (I), and what none of them tests (G).
 */
const ROW_COUNTS = { D: 17, C: 5, L: 9, M: 7, E: 10, I: 4, G: 16 } as const;

const ROWS = Object.entries(ROW_COUNTS).flatMap(([letter, count]) =>
  Array.from({ length: count }, (_, index) => `${letter}${index + 1}`),
);

const TESTS = fileURLToPath(new URL('..', import.meta.url));

/** A row's id begins the name of its tests, or is the field `id` of a table of them. */
const ID = /(?<=['"`])[CDEGILM]\d{1,2}(?=: )|(?<=\bid: ')[CDEGILM]\d{1,2}(?=')/g;

/** By row: the files with a test of it. */
const readPlaces = (): ReadonlyMap<string, ReadonlySet<string>> => {
  const places = new Map<string, Set<string>>();
  const names = readdirSync(TESTS, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  for (const name of names) {
    for (const [id] of readFileSync(join(TESTS, name), 'utf8').matchAll(ID)) {
      places.set(id, (places.get(id) ?? new Set()).add(name));
    }
  }
  return places;
};

describe('the rows of Kubernetes’ own tests', () => {
  const places = readPlaces();

  it.each(ROWS)('%s has tests, all of them in one file', (row) => {
    expect([...(places.get(row) ?? [])]).toHaveLength(1);
  });

  it('has no test of an unknown row', () => {
    expect([...places.keys()].filter((row) => !ROWS.includes(row))).toEqual([]);
  });
});
