import { Command, CommanderError } from 'commander';
import { PACKAGE_VERSION } from '../config/package-version.ts';
import type { Act, AddVerb, CliContext } from './cli-context.ts';
import { toCliFailure, type ExitStatus } from './cli-failure.ts';
import { createOutput, type Output, type OutputFormat } from './output.ts';
import { addCancelVerb } from './verbs/cancel.ts';
import { addDoctorVerb } from './verbs/doctor.ts';
import { addListVerb } from './verbs/list.ts';
import { addPauseAndResumeVerbs } from './verbs/pause-resume.ts';
import { addPlanVerb } from './verbs/plan.ts';
import { addReportVerb } from './verbs/report.ts';
import { addRunVerb } from './verbs/run.ts';
import { addStartVerb } from './verbs/start.ts';
import { addStatusVerb, addWatchVerb } from './verbs/status.ts';
import { addUnlockVerb } from './verbs/unlock.ts';
import { addWorkerVerb } from './verbs/worker.ts';

/** In the order of `--help`. */
const VERBS: readonly AddVerb[] = [
  addPlanVerb,
  addRunVerb,
  addStartVerb,
  addStatusVerb,
  addWatchVerb,
  addListVerb,
  addPauseAndResumeVerbs,
  addCancelVerb,
  addReportVerb,
  addWorkerVerb,
  addDoctorVerb,
  addUnlockVerb,
];

const EXIT_STATUSES =
  'Exit status: 0 done, 1 failed or cancelled and undone, 2 usage error or invalid input, 3 refused by preflight, 4 needs an operator, 130 interrupted.';

/** Runs one command line (the words after the program's name) and returns its exit status. Never throws. */
export const runCli = async (words: readonly string[], context: CliContext): Promise<ExitStatus> => {
  const outcome: { status: ExitStatus; output: Output } = {
    status: 0,
    output: createOutput('text', context, context.environment),
  };
  const act: Act =
    (action) =>
    async (...values) => {
      const [options, ...positional] = values.slice(0, -1).reverse() as [{ output?: OutputFormat }, ...unknown[]];
      outcome.output = createOutput(options.output ?? 'text', context, context.environment);
      outcome.status = await action(outcome.output, options as never, ...(positional.reverse() as never));
    };
  try {
    await createProgram(context, act).parseAsync([...words], { from: 'user' });
    return outcome.status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    return reportFailure(error, outcome.output);
  }
};

const createProgram = (context: CliContext, act: Act): Command => {
  const program = new Command(context.programName)
    .description('Takes Kubernetes nodes out of service for good, and undoes its changes when it cannot finish.')
    .version(PACKAGE_VERSION)
    .addHelpText('after', `\n${EXIT_STATUSES}`)
    .showHelpAfterError('(run with --help for usage)')
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => context.stderr.write(text),
      getOutHelpWidth: () => context.stdout.columns ?? 100,
      getErrHelpWidth: () => context.stderr.columns ?? 100,
    })
    .exitOverride();
  for (const addVerb of VERBS) addVerb(program, context, act);
  return program;
};

const reportFailure = (error: unknown, output: Output): ExitStatus => {
  const { code, message, exitStatus } = toCliFailure(error);
  output.note(`error: ${message}`);
  if (output.format === 'json') output.result({ error: { code, message } }, () => '');
  return exitStatus;
};
