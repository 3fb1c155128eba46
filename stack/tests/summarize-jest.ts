/** The part of the output of `jest --json` that the summary needs. */
export interface JestResult {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  /** Skipped. */
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  /** Files that could not be loaded: their tests are counted nowhere else. */
  readonly numRuntimeErrorTestSuites: number;
  readonly numTotalTests: number;
  /** Also false when jest was interrupted or its environment failed. */
  readonly success: boolean;
}

export interface TestSummary {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** One sentence for each failure that is not a failed test. */
  readonly problems: readonly string[];
}

/**
 * Summarizes one project's result. A file that does not load, a project without tests, and an unsuccessful result without a failed test
 * count as failures: each would otherwise appear as "0 failed".
 * @param result `undefined` when jest wrote none
 */
export const summarizeJest = (project: string, result: JestResult | undefined): TestSummary => {
  if (result === undefined) return toFailure(`${project}: jest ended without a result.`);
  if (result.numTotalTests === 0 && result.numRuntimeErrorTestSuites === 0) {
    return toFailure(`${project}: no tests found.`);
  }
  const counted = {
    passed: result.numPassedTests,
    failed: result.numFailedTests + result.numRuntimeErrorTestSuites,
    skipped: result.numPendingTests + result.numTodoTests,
  };
  if (result.success || counted.failed > 0) return { ...counted, problems: toProblems(project, result) };
  return { ...counted, failed: 1, problems: [`${project}: jest reports a failure, but no test failed.`] };
};

/** On a developer's machine skipped tests are only reported. In CI, where they could stay unnoticed, they count as failures. */
export const judgeSkips = (project: string, summary: TestSummary, isContinuousIntegration: boolean): TestSummary => {
  if (!isContinuousIntegration || summary.skipped === 0) return summary;
  const problem = `${project}: ${summary.skipped} skipped, which CI does not allow.`;
  return addSummaries([summary, { ...toFailure(problem), failed: summary.skipped }]);
};

/** One check or project after another. */
export const addSummaries = (summaries: readonly TestSummary[]): TestSummary => ({
  passed: summaries.reduce((sum, { passed }) => sum + passed, 0),
  failed: summaries.reduce((sum, { failed }) => sum + failed, 0),
  skipped: summaries.reduce((sum, { skipped }) => sum + skipped, 0),
  problems: summaries.flatMap(({ problems }) => problems),
});

/** The last line of a run; skipped tests are reported separately. */
export const formatSummary = ({ passed, failed }: TestSummary): string => `${passed} passed, ${failed} failed`;

/** One failure that is not a failed test. */
export const toFailure = (problem: string): TestSummary => ({ passed: 0, failed: 1, skipped: 0, problems: [problem] });

const toProblems = (project: string, result: JestResult): string[] => {
  const count = result.numRuntimeErrorTestSuites;
  return count === 0 ? [] : [`${project}: ${count} test file(s) could not be loaded.`];
};
