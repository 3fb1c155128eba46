import { readReportsDirectory } from '../../config/read-reports-directory.ts';
import type { DecommissionClient } from '../../client/decommission-client.ts';
import type { AddVerb } from '../cli-context.ts';
import { connectClient, readPlace } from '../connect-temporal.ts';
import { toStateDirectory } from '../embedded/state-directory.ts';
import { readErrorCode } from '../../domain/text/error-code.ts';
import type { DecommissionTarget } from '../decommission/find-decommission.ts';
import { DEFAULT_CLUSTER } from '../../domain/run/workflow-ids.ts';
import { askForReport, readReportFromDisk, type ReportPlaces, type ServerAnswer } from '../decommission/find-report.ts';
import { formatReport } from '../format/format-report.ts';
import { addExamples, addOutputOption, addTargetOptions, type Example, type TargetOptions } from './verb-options.ts';

const EXAMPLES: readonly Example[] = [
  ['report', 'the newest'],
  ['report worker-7 -o json > worker-7.json', 'of a node, for the record'],
];

/**
 * `report`: the report of a closed decommission, from the server, or from the files that `run` or the workers wrote. Exit status 0 for every outcome; 4
 * when the server has no report of it and a file describes an earlier moment only.
 */
export const addReportVerb: AddVerb = (program, context, act) => {
  const command = program.command('report').description('print the report of a closed decommission');
  addOutputOption(addTargetOptions(command, 'the newest closed one'));
  addExamples(command, context.programName, EXAMPLES).action(
    act(async (output, { cluster }: TargetOptions, task: string | undefined) => {
      const answer = await askServer(context.environment, { task, cluster }, output.note);
      const { report, exitStatus } =
        answer.kind === 'report'
          ? { report: answer.report, exitStatus: 0 as const }
          : await readReportFromDisk(
              answer,
              task,
              cluster ?? DEFAULT_CLUSTER,
              toPlaces(context.environment),
              output.note,
            );
      output.result(report, (paint) => formatReport(report, paint, output.columns));
      return exitStatus;
    }),
  );
};

const toPlaces = (environment: NodeJS.ProcessEnv): ReportPlaces => {
  const directory = readReportsDirectory(environment);
  return { state: toStateDirectory(environment), ...(directory === undefined ? {} : { directory }) };
};

const askServer = async (
  environment: NodeJS.ProcessEnv,
  target: DecommissionTarget,
  note: (line: string) => void,
): Promise<ServerAnswer> => {
  let client: DecommissionClient | undefined;
  try {
    client = await connectClient(await readPlace(environment), environment);
    return await askForReport(client, target, note);
  } catch (error) {
    if (readErrorCode(error) === 'ServerUnreachable') return { kind: 'nothing' };
    throw error;
  } finally {
    await client?.close();
  }
};
