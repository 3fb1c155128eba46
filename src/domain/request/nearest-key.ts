import { REQUEST_SPELLINGS, toCanonicalKey, type RequestKey } from './keys.ts';

const COMPARED_LENGTH = 40;
const CLOSE = 0.4;

/** Number of single-character insertions, deletions and replacements that turn one text into the other (Levenshtein). */
export const toEditDistance = (from: string, to: string): number => {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = (previous[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[to.length] ?? 0;
};

/** Spellings differ most often in case, `_` and `-`. */
const toCompared = (key: string): string =>
  key
    .slice(0, COMPARED_LENGTH)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');

/** Of the beginning of a key: nearer than another key that differs in as many letters, e.g. `node` from `nodeNames` than from `deadNode`. */
const ABBREVIATED = 0.8;

const toRelativeDistance = (from: string, to: string): number => {
  const distance = toEditDistance(from, to) / Math.max(from.length, to.length, 1);
  return from !== '' && to.startsWith(from) ? distance * ABBREVIATED : distance;
};

/** The canonical key whose spelling differs least from an unknown one; `isClose`: it is probably the intended one. */
export const toNearestKey = (unknownKey: string): { readonly key: RequestKey; readonly isClose: boolean } => {
  const compared = toCompared(unknownKey);
  let nearest: RequestKey = 'nodeNames';
  let least = Number.POSITIVE_INFINITY;
  for (const spelling of REQUEST_SPELLINGS) {
    const distance = toRelativeDistance(compared, toCompared(spelling));
    if (distance < least) {
      least = distance;
      nearest = toCanonicalKey(spelling) ?? nearest;
    }
  }
  return { key: nearest, isClose: least <= CLOSE };
};
