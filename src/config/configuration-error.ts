/** The configuration cannot be used; lists every problem at once, without the values that were found. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly type = 'InvalidConfiguration';
  /** Whole sentences. */
  readonly problems: readonly string[];

  constructor(source: string, problems: readonly string[]) {
    super(`The configuration (${source}) cannot be used:\n${problems.map((problem) => `- ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}
