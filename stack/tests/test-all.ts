import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { readCacheDirectory } from '../../src/config/cache-directory.ts';
import { installOpenSsh } from '../programs/install-open-ssh.ts';
import { ensureRealNodesImage, readRealNodesObstacle } from '../hosts/real-nodes.ts';
import { isErrorWithCode } from '../processes/process-group.ts';
import { ensurePostgresqlStack, readPostgresqlStackObstacle } from '../temporal/postgresql/postgresql-stack.ts';
import { CONTROL_PLANE_GROUPS, SCHEDULER_GROUPS } from '../programs/program-groups.ts';
import { ensurePrograms, readHostingObstacle } from '../programs/programs.ts';
import { clearRecordedCases } from './recorded-cases.ts';
import { addSummaries, formatSummary, judgeSkips, summarizeJest, toFailure } from './summarize-jest.ts';
import type { JestResult, TestSummary } from './summarize-jest.ts';
import { formatSlowestSuites } from './slowest-suites.ts';
import type { TimedSuite } from './slowest-suites.ts';
import { runCommand } from '../processes/run-command.ts';
import { sweepRuns } from '../processes/sweep-runs.ts';

/**
 * `npm test`: static checks, then every jest project. The last line is `N passed, N failed`; each check counts as one.
 * The exit code is 1 if anything failed, or if a test was skipped and CI is set.
 */

const REPOSITORY = join(import.meta.dirname, '../..');
const RESULTS_DIRECTORY = join(REPOSITORY, 'test-results');
const CHECKS = ['types', 'lint', 'deps'];
/** It keeps one processor busy for half a minute: the other checks and the first tests run at the same time. */
const SLOW_CHECK = 'format:check';
/** Compares docs/host-cleanup.md with what the tests recorded, so it runs last. */
const CASE_TABLE = 'docs:cases';
/**
 * Projects that run at the same time, and their workers. Most tests wait for their own processes: jest's default of one worker on two
 * cores would leave the machine idle.
 */
const IN_MEMORY = { unit: 3, workflow: 3, replay: 1 };
/**
 * The same for end-to-end suites. Each worker has a control plane that its suites share.
 * More than processors: the suites wait much of the time, those with real nodes most of it. At most six hosts run at the same time.
 */
const END_TO_END = { e2e: 4, 'e2e-hosts': 2 };
const SLOWEST_COUNT = 10;
/** The compiler and the Temporal server of workflow tests are Go programs with small heaps, which collect garbage all the time. */
const ENVIRONMENT = { GOGC: '400', ...process.env };
const isContinuousIntegration = ['true', '1'].includes(process.env['CI'] ?? '');

const main = async (): Promise<number> => {
  installOpenSsh(print);
  clearRecordedCases();
  const slowCheck = runCheckConcurrently(SLOW_CHECK);
  const outcomes: Outcome[] = [];
  for (const check of CHECKS) outcomes.push(await runCheck(check));
  outcomes.push(...(await buildScheduler()));
  outcomes.push(...(await runProjects(IN_MEMORY)));
  outcomes.push(await slowCheck);
  outcomes.push(...(await runEndToEnd()));
  outcomes.push(await runCheck(CASE_TABLE, '--', '--check'));

  print(`\n== the ${SLOWEST_COUNT} slowest suites`);
  const suites = outcomes.flatMap(({ suites: each = [] }) => each);
  for (const line of formatSlowestSuites(suites, SLOWEST_COUNT, REPOSITORY)) print(line);
  const sum = addSummaries(outcomes.map(({ summary }) => summary));
  for (const problem of sum.problems) print(`FAILED  ${problem}`);
  if (sum.skipped > 0) print(`${sum.skipped} skipped`);
  print(formatSummary(sum));
  return sum.failed > 0 ? 1 : 0;
};

/** The result of a check or a jest project. */
interface Outcome {
  readonly summary: TestSummary;
  readonly suites?: readonly TimedSuite[];
}

const runCheck = async (check: string, ...flags: readonly string[]): Promise<Outcome> => {
  print(`\n== ${check}`);
  return toOutcome(check, await runToEnd('npm', ['run', '--silent', check, ...flags]));
};

/** Runs concurrently with other checks: its output is printed all at once at its end. */
const runCheckConcurrently = async (check: string): Promise<Outcome> => {
  const { stdout, stderr, exitCode } = await runCommand('npm', ['run', '--silent', check], { directory: REPOSITORY });
  print(`\n== ${check}\n${stdout}${stderr}`.trimEnd());
  return toOutcome(check, exitCode);
};

const toOutcome = (check: string, exitCode: number | null): Outcome => ({
  summary: exitCode === 0 ? { passed: 1, failed: 0, skipped: 0, problems: [] } : toFailure(`check "${check}".`),
});

/** Unit tests need its program, and fail without it. */
const buildScheduler = async (): Promise<readonly Outcome[]> => {
  try {
    await ensurePrograms(SCHEDULER_GROUPS, print);
    return [];
  } catch (error) {
    return [{ summary: toFailure(`the scheduler program: ${error instanceof Error ? error.message : String(error)}`) }];
  }
};

const runProjects = async (projects: Readonly<Record<string, number>>): Promise<readonly Outcome[]> =>
  await Promise.all(
    Object.entries(projects).map(([project, workers]) => runProject(project, `--maxWorkers=${workers}`)),
  );

const runProject = async (project: string, ...flags: readonly string[]): Promise<Outcome> => {
  print(`\n== ${project} tests`);
  const resultPath = join(RESULTS_DIRECTORY, `${project}.json`);
  rmSync(resultPath, { force: true });
  mkdirSync(RESULTS_DIRECTORY, { recursive: true });
  const jest = ['--disable-warning=ExperimentalWarning', '--experimental-vm-modules', 'node_modules/jest/bin/jest.js'];
  const output = ['--json', `--outputFile=${resultPath}`];
  await runToEnd(process.execPath, [...jest, '--selectProjects', project, ...output, ...flags]);
  const result = readResult(resultPath);
  const summary = judgeSkips(project, summarizeJest(project, result), isContinuousIntegration);
  return { summary, suites: result?.testResults ?? [] };
};

const runEndToEnd = async (): Promise<readonly Outcome[]> => {
  const obstacle = await readHostingObstacle();
  if (obstacle !== undefined) {
    print(`\n== END-TO-END TESTS DID NOT RUN. ${obstacle}`);
    const skipped = { passed: 0, failed: 0, skipped: 1, problems: [] };
    return [{ summary: judgeSkips('e2e', skipped, isContinuousIntegration) }];
  }
  try {
    await ensurePrograms(CONTROL_PLANE_GROUPS, print);
    await prepare('REAL NODES', readRealNodesObstacle, ensureRealNodesImage);
    await prepare('POSTGRESQL', readPostgresqlStackObstacle, ensurePostgresqlStack);
    return await runProjects(END_TO_END);
  } catch (error) {
    return [{ summary: toFailure(`e2e: ${error instanceof Error ? error.message : String(error)}`) }];
  } finally {
    sweepRuns(readCacheDirectory());
  }
};

/** Builds before the tests what some of them need, or prints that those will not run. */
const prepare = async (
  what: string,
  readObstacle: () => Promise<string | undefined>,
  ensure: (onProgress: (line: string) => void) => Promise<unknown>,
): Promise<void> => {
  const obstacle = await readObstacle();
  if (obstacle === undefined) await ensure(print);
  else print(`\n== END-TO-END TESTS ON ${what} WILL NOT RUN. ${obstacle}`);
};

const readResult = (path: string): (JestResult & { readonly testResults: readonly TimedSuite[] }) | undefined => {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ReturnType<typeof readResult>;
  } catch (error) {
    if (isErrorWithCode(error, 'ENOENT')) return undefined;
    throw error;
  }
};

const runToEnd = (command: string, commandArguments: readonly string[]): Promise<number | null> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, commandArguments, { cwd: REPOSITORY, env: ENVIRONMENT, stdio: 'inherit' });
    child.on('error', reject);
    child.on('close', resolve);
  });

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

process.exitCode = await main();
