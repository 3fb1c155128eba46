import { toExitCode } from '../exit-code.ts';
import type { AddVerb } from '../cli-context.ts';
import { findDecommission } from '../decommission/find-decommission.ts';
import { formatStatus } from '../format/format-status.ts';
import { watchToEnd } from '../decommission/watch-to-end.ts';
import { withClient } from '../with-client.ts';
import { addExamples, addOutputOption, addTargetOptions, type Example, type TargetOptions } from './verb-options.ts';

const STATUS_EXAMPLES: readonly Example[] = [
  ['status', 'the only one that runs'],
  ['status worker-7', 'the one of a node'],
  ['status worker-7 -o json', 'for a program'],
];

const WATCH_EXAMPLES: readonly Example[] = [
  ['watch worker-7', 'a live view; the report at the end'],
  [
    'watch worker-7 -o json',
    'one JSON object per line: {"type": "status", …} for each change, {"type": "report", …} last',
  ],
];

/** `status`: what happens now, once. Exit status 0 for every outcome. */
export const addStatusVerb: AddVerb = (program, context, act) => {
  const command = program.command('status').description('show what a decommission does now and what blocks it');
  addOutputOption(addTargetOptions(command));
  addExamples(command, context.programName, STATUS_EXAMPLES).action(
    act((output, { cluster }: TargetOptions, task: string | undefined) =>
      withClient(context, async (client) => {
        const handle = await findDecommission(client, { task, cluster }, output.note);
        const status = await handle.status();
        output.result(status, (paint) =>
          formatStatus(status, { now: new Date().toISOString(), columns: output.columns, paint }),
        );
        return 0;
      }),
    ),
  );
};

/** `watch`: the live status to the end, then the report; the exit status is that of the outcome. */
export const addWatchVerb: AddVerb = (program, context, act) => {
  const command = program
    .command('watch')
    .description('show the live status to the end; Ctrl-C ends only the watching');
  addOutputOption(addTargetOptions(command)).setOptionValue('stream', 'always');
  addExamples(command, context.programName, WATCH_EXAMPLES).action(
    act((output, { cluster }: TargetOptions, task: string | undefined) =>
      withClient(context, async (client) => {
        const handle = await findDecommission(client, { task, cluster }, output.note);
        const report = await watchToEnd(handle, output, context);
        return report === undefined ? 130 : toExitCode(report.outcome);
      }),
    ),
  );
};
