import type { DecommissionClient } from '../../client/decommission-client.ts';
import type { DecommissionHandle } from '../../client/decommission-handle.ts';
import type { DecommissionReport } from '../../domain/run/report.ts';
import { toTaskId } from '../../domain/request/task-id.ts';
import { CliFailure, toCliFailure, type ExitStatus } from '../cli-failure.ts';
import { readReportFile } from '../embedded/report-files.ts';
import type { StateDirectory } from '../embedded/state-directory.ts';
import { readErrorCode } from '../../domain/text/error-code.ts';
import { findDecommission } from './find-decommission.ts';

/** What a server says when it is asked for a report. */
export type ServerAnswer =
  | { readonly kind: 'report'; readonly report: DecommissionReport }
  /** It does not know the decommission; a server that is not there knows none. */
  | { readonly kind: 'nothing' }
  /** It knows it, and that it left no report. */
  | { readonly kind: 'lost'; readonly workflowId: string; readonly failure: Error };

/** The server gave none. */
export type UnreportedAnswer = Exclude<ServerAnswer, { readonly kind: 'report' }>;

export interface FoundReport {
  readonly report: DecommissionReport;
  readonly exitStatus: ExitStatus;
}

/** Asks for the report of a task, of the newest closed one when none is named. Throws when it still runs, and what the client throws. */
export const askForReport = async (
  client: DecommissionClient,
  task: string | undefined,
  cluster: string,
): Promise<ServerAnswer> => {
  const handle = await findClosed(client, task, cluster);
  if (handle === undefined) return { kind: 'nothing' };
  try {
    const status = await handle.status();
    if (status.phase === 'Closed' || status.phase === 'NeedsOperator') {
      return { kind: 'report', report: await handle.report() };
    }
  } catch (error) {
    if (!(error instanceof Error) || readErrorCode(error) !== 'NoReport') throw error;
    return { kind: 'lost', workflowId: handle.workflowId, failure: error };
  }
  const sentence = `${handle.workflowId} is still running; \`watch\` it, or ask for its \`status\`.`;
  throw new CliFailure('StillRunning', sentence, 1);
};

const findClosed = async (
  client: DecommissionClient,
  task: string | undefined,
  cluster: string,
): Promise<DecommissionHandle | undefined> => {
  const wanted = task ?? (await client.list({ state: 'closed', limit: 1 }))[0]?.workflowId;
  if (wanted === undefined) return undefined;
  try {
    return await findDecommission(client, wanted, cluster);
  } catch (error) {
    if (readErrorCode(error) === 'NotFound') return undefined;
    throw error;
  }
};

/**
 * The report that `run` wrote to disk, where the server has none. Of one that the server knows to have left none it is told so, with
 * the exit status of that: what came after the file was written is not known. Throws when there is no file either.
 */
export const readReportFromDisk = async (
  answer: UnreportedAnswer,
  task: string | undefined,
  state: StateDirectory,
  note: (line: string) => void,
): Promise<FoundReport> => {
  const wanted = answer.kind === 'lost' ? answer.workflowId : task;
  const report = await readReportFile(state, wanted === undefined ? undefined : toWrittenTaskId(wanted), note);
  if (answer.kind === 'nothing') {
    if (report === undefined) throw toMissingFailure(task, state.reportsPath);
    return { report, exitStatus: 0 };
  }
  if (report === undefined) throw answer.failure;
  note(answer.failure.message);
  note(
    `This is the last report of it in ${state.reportsPath}, of ${report.endedAt}; what came after that is not in it.`,
  );
  return { report, exitStatus: toCliFailure(answer.failure).exitStatus };
};

/** The files carry task ids in their usable form; a workflow id ends with it. */
const toWrittenTaskId = (task: string): string => toTaskId(task.split('/').at(-1) ?? task);

const toMissingFailure = (task: string | undefined, path: string): CliFailure =>
  new CliFailure(
    'NotFound',
    `there is no report${task === undefined ? '' : ` of ${task}`}, neither on a Temporal server nor in ${path}: check the task id with \`list\`.`,
    1,
  );
