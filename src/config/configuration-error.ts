/** The configuration cannot be used. Lists every problem at once and never quotes a value: it may be a secret. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly type = 'InvalidConfiguration';
  /** Full sentences. */
  readonly problems: readonly string[];

  constructor(source: string, problems: readonly string[]) {
    super(`The configuration (${source}) cannot be used:\n${problems.map((problem) => `- ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}
