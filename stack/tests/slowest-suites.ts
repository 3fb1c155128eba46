/** The duration of one test file in the output of `jest --json`. */
export interface TimedSuite {
  /** Its path. */
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly startTime: number;
  readonly endTime: number;
}

/**
 * One line for each of the slowest suites, the slowest first: seconds, and the path relative to `directory`. Suites with the same duration
 * are sorted by path.
 */
export const formatSlowestSuites = (suites: readonly TimedSuite[], count: number, directory: string): string[] => {
  const rows = suites
    .map(({ name, startTime, endTime }) => ({
      path: name.startsWith(`${directory}/`) ? name.slice(directory.length + 1) : name,
      seconds: (endTime - startTime) / 1000,
    }))
    .sort((one, other) => other.seconds - one.seconds || one.path.localeCompare(other.path))
    .slice(0, count)
    .map(({ path, seconds }) => ({ path, text: seconds.toFixed(1) }));
  const width = Math.max(0, ...rows.map(({ text }) => text.length));
  return rows.map(({ path, text }) => `${text.padStart(width)} s  ${path}`);
};
