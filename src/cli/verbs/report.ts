import type { DecommissionClient } from '../../client/decommission-client.ts';
import type { DecommissionReport } from '../../domain/report.ts';
import type { AddVerb } from '../cli-context.ts';
import { CliFailure } from '../cli-failure.ts';
import { connectClient, readPlace } from '../connect-temporal.ts';
import { toStateDirectory } from '../embedded/state-directory.ts';
import { readReportFile } from '../embedded/report-files.ts';
import { readErrorCode } from '../error-code.ts';
import { findDecommission } from '../find-decommission.ts';
import { formatReport } from '../format/format-report.ts';
import { addOutputOption, addTargetOptions, type TargetOptions } from './verb-options.ts';

/** `report`: what a closed decommission came to, from the server, or from the files that `run` wrote. */
export const addReportVerb: AddVerb = (program, context, act) => {
  const command = program
    .command('report')
    .description('print the report of a closed decommission (default: the newest)');
  addOutputOption(addTargetOptions(command)).action(
    act(async (output, { cluster }: TargetOptions, task: string | undefined) => {
      const report =
        (await readFromServer(context.environment, task, cluster)) ??
        (await readReportFile(toStateDirectory(context.environment), task?.split('/').at(-1)));
      if (report === undefined) throw toMissingFailure(task, toStateDirectory(context.environment).reportsPath);
      output.result(report, (paint) => formatReport(report, paint));
      return 0;
    }),
  );
};

/** Undefined when there is no server to ask, or it does not know the decommission: the files may. */
const readFromServer = async (
  environment: NodeJS.ProcessEnv,
  task: string | undefined,
  cluster: string,
): Promise<DecommissionReport | undefined> => {
  let client: DecommissionClient | undefined;
  try {
    client = await connectClient(await readPlace(environment), environment);
    return await readReport(client, task, cluster);
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  } finally {
    await client?.close();
  }
};

const readReport = async (
  client: DecommissionClient,
  task: string | undefined,
  cluster: string,
): Promise<DecommissionReport | undefined> => {
  const [newest] = task === undefined ? await client.list({ state: 'closed', limit: 1 }) : [];
  if (task === undefined && newest === undefined) return undefined;
  const handle = await findDecommission(client, task ?? newest?.workflowId, cluster);
  const status = await handle.status();
  if (status.phase === 'Closed' || status.phase === 'NeedsOperator') return handle.report();
  throw new CliFailure(
    'StillRunning',
    `${handle.workflowId} is still running; \`watch\` it, or ask for its \`status\`.`,
    1,
  );
};

const isAbsence = (error: unknown): boolean => ['ServerUnreachable', 'NotFound'].includes(readErrorCode(error) ?? '');

const toMissingFailure = (task: string | undefined, path: string): CliFailure =>
  new CliFailure(
    'NotFound',
    `there is no report${task === undefined ? '' : ` of ${task}`}, neither on a Temporal server nor in ${path}: check the task id with \`list\`.`,
    1,
  );
