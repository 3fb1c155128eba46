interface Lane {
  readonly seed: number;
  readonly multiplier: number;
}

const FIRST: Lane = { seed: 0x6b8b4567, multiplier: 0x01000193 };
const SECOND: Lane = { seed: 0x327b23c6, multiplier: 0x9e3779b1 };

/** Spreads every input bit over the whole word (the finaliser of MurmurHash3). */
const scramble = (word: number): number => {
  let mixed = word ^ (word >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
};

const hashLane = (text: string, lane: Lane): number => {
  let word = lane.seed ^ text.length;
  for (let index = 0; index < text.length; index += 1) {
    word = Math.imul(word ^ text.charCodeAt(index), lane.multiplier);
    word ^= word >>> 15;
  }
  return scramble(word);
};

const toHex = (word: number): string => (word >>> 0).toString(16).padStart(8, '0');

/**
 * 16 lowercase hex digits that depend only on `text`, in every process and version: task ids and annotations on live objects
 * contain them, so the result must never change. Two 32-bit lanes; not cryptographic: it distinguishes values, it does not
 * protect them.
 */
export const toStableHash = (text: string): string => {
  const first = hashLane(text, FIRST);
  const second = hashLane(text, SECOND);
  return toHex(first) + toHex(scramble(second ^ Math.imul(first, SECOND.multiplier)));
};
