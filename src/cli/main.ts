import { Command, CommanderError } from 'commander';
import { PACKAGE_VERSION } from '../config/package-version.ts';
import type { Act, AddVerb, CliContext } from './cli-context.ts';
import { toCliFailure, toUsageFailure, type ExitStatus } from './cli-failure.ts';
import { findVerb } from './find-verb.ts';
import { createOutput, isForMachines, type Output, type OutputFormat } from './output.ts';
import { withoutSwitchValues } from './request/kubectl-flags.ts';

/**
 * In the order of `--help`. Each is loaded only when its verb is named, or for the help: the Kubernetes client, the Temporal client and the
 * worker take a second together, and no verb but `run` and `worker` needs all of them.
 */
const VERBS: readonly {
  readonly names: readonly string[];
  readonly group: string;
  readonly load: () => Promise<AddVerb>;
}[] = [
  { names: ['plan'], group: 'Decommission nodes:', load: async () => (await import('./verbs/plan.ts')).addPlanVerb },
  { names: ['run'], group: 'Decommission nodes:', load: async () => (await import('./verbs/run.ts')).addRunVerb },
  { names: ['start'], group: 'Decommission nodes:', load: async () => (await import('./verbs/start.ts')).addStartVerb },
  {
    names: ['status'],
    group: 'Follow and steer:',
    load: async () => (await import('./verbs/status.ts')).addStatusVerb,
  },
  { names: ['watch'], group: 'Follow and steer:', load: async () => (await import('./verbs/status.ts')).addWatchVerb },
  { names: ['list'], group: 'Follow and steer:', load: async () => (await import('./verbs/list.ts')).addListVerb },
  {
    names: ['pause', 'resume'],
    group: 'Follow and steer:',
    load: async () => (await import('./verbs/pause-resume.ts')).addPauseAndResumeVerbs,
  },
  {
    names: ['approve', 'pod', 'replacements'],
    group: 'Follow and steer:',
    load: async () => (await import('./verbs/steer.ts')).addSteeringVerbs,
  },
  {
    names: ['cancel'],
    group: 'Follow and steer:',
    load: async () => (await import('./verbs/cancel.ts')).addCancelVerb,
  },
  {
    names: ['report'],
    group: 'Follow and steer:',
    load: async () => (await import('./verbs/report.ts')).addReportVerb,
  },
  { names: ['worker'], group: 'Operate:', load: async () => (await import('./verbs/worker.ts')).addWorkerVerb },
  { names: ['doctor'], group: 'Operate:', load: async () => (await import('./verbs/doctor.ts')).addDoctorVerb },
  { names: ['uncordon'], group: 'Operate:', load: async () => (await import('./verbs/uncordon.ts')).addUncordonVerb },
  { names: ['unlock'], group: 'Operate:', load: async () => (await import('./verbs/unlock.ts')).addUnlockVerb },
  { names: ['janitor'], group: 'Operate:', load: async () => (await import('./verbs/janitor.ts')).addJanitorVerb },
  {
    names: ['completion'],
    group: 'Describe:',
    load: async () => (await import('./verbs/completion.ts')).addCompletionVerb,
  },
  { names: ['schema'], group: 'Describe:', load: async () => (await import('./verbs/schema.ts')).addSchemaVerb },
];

/** Called by shells, through the scripts of `completion` and through kubectl; not a verb for people. */
export const COMPLETE = '__complete';

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
      const [options, ...positional] = values.slice(0, -1).reverse() as [OutputChoice, ...unknown[]];
      outcome.output = toOutput(options, context);
      outcome.status = await action(outcome.output, options as never, ...(positional.reverse() as never));
    };
  try {
    if (words[0] === COMPLETE) {
      const { printCompletion } = await import('./completion/print-completion.ts');
      await printCompletion(await createProgram(context, act, words[1]), words.slice(1), context);
      return 0;
    }
    const program = await createProgram(context, act, words[0]);
    const { command } = findVerb(program, words);
    await program.parseAsync([...withoutSwitchValues(command, words)], { from: 'user' });
    return outcome.status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    return reportFailure(error, outcome.output);
  }
};

interface OutputChoice {
  readonly output?: OutputFormat;
  /** `always`: the verb has no other form. */
  readonly stream?: boolean | 'always';
}

const toOutput = ({ output = 'text', stream = false }: OutputChoice, context: CliContext): Output => {
  if (stream !== true || isForMachines(output))
    return createOutput(output, context, context.environment, { stream: stream !== false });
  throw toUsageFailure('--stream is valid only together with -o json or -o yaml.');
};

const createProgram = async (context: CliContext, act: Act, word: string | undefined): Promise<Command> => {
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
  for (const { group, addVerb } of await loadVerbs(word)) {
    program.commandsGroup(group);
    addVerb(program, context, act);
  }
  return program;
};

/** Only the named verb; all when the first word names none, for the help or a suggestion. */
const loadVerbs = async (
  word: string | undefined,
): Promise<readonly { readonly group: string; readonly addVerb: AddVerb }[]> => {
  if (word === '--version') return [];
  const named = VERBS.filter(({ names }) => word !== undefined && names.includes(word));
  const loaded = (named.length > 0 ? named : VERBS).map(async ({ group, load }) => ({ group, addVerb: await load() }));
  return await Promise.all(loaded);
};

const reportFailure = (error: unknown, output: Output): ExitStatus => {
  const { code, message, exitStatus } = toCliFailure(error);
  output.note(`error: ${message}`);
  const event = output.isStream ? { version: 1, type: 'error' } : {};
  if (isForMachines(output.format)) output.result({ ...event, error: { code, message } }, () => '');
  return exitStatus;
};
