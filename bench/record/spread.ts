/** Several values of one figure. */
export interface Spread {
  readonly least: number;
  readonly median: number;
  readonly most: number;
  readonly count: number;
}

/** Undefined: no values. The median of an even number is the mean of the two in the middle. Pure. */
export const toSpread = (values: readonly number[]): Spread | undefined => {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((one, other) => one - other);
  const at = (index: number): number => sorted[index] ?? NaN;
  const middle = (sorted.length - 1) / 2;
  return {
    least: at(0),
    median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    most: at(sorted.length - 1),
    count: sorted.length,
  };
};
