import type { DecommissionClient } from '../../client/decommission-client.ts';
import type { DecommissionHandle } from '../../client/decommission-handle.ts';
import type { DecommissionReport } from '../../domain/run/report.ts';
import { toTaskId } from '../../domain/request/task-id.ts';
import { CliFailure, toCliFailure, type ExitStatus } from '../cli-failure.ts';
import { readReportFile } from '../embedded/report-files.ts';
import type { StateDirectory } from '../embedded/state-directory.ts';
import { readErrorCode } from '../../domain/text/error-code.ts';
import { findDecommission } from './find-decommission.ts';

/** Result of reading a report from the server. */
export type ServerAnswer =
  | { readonly kind: 'report'; readonly report: DecommissionReport }
  /** The decommission does not exist there, or there is no server. */
  | { readonly kind: 'nothing' }
  /** The decommission exists and closed without a report. */
  | { readonly kind: 'lost'; readonly workflowId: string; readonly failure: Error };

/** The server has no report. */
export type UnreportedAnswer = Exclude<ServerAnswer, { readonly kind: 'report' }>;

export interface FoundReport {
  readonly report: DecommissionReport;
  readonly exitStatus: ExitStatus;
}

/**
 * Reads the report of a task; without `task`, of the newest closed one.
 * @throws CliFailure `StillRunning`: it has not ended yet.
 * @throws DecommissionError: reading it fails for another reason than `NotFound` or `NoReport`.
 */
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
  const sentence = `${handle.workflowId} is still running and has no report yet. To follow it, run \`watch\` or \`status\`.`;
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
 * The report that `run` wrote to disk, when the server has none. When the decommission closed without a report, a note and the exit
 * status of that failure are added: what happened after the file was written is unknown.
 * @throws CliFailure `NotFound`: the decommission is not on the server, and there is no file.
 * @throws NoReportError: the decommission closed without a report, and there is no file.
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
  note(`Showing its last report in ${state.reportsPath}, written at ${report.endedAt}. Later events are not included.`);
  return { report, exitStatus: toCliFailure(answer.failure).exitStatus };
};

/** Report files are named by the normalized task id, which is also the last part of a workflow id. */
const toWrittenTaskId = (task: string): string => toTaskId(task.split('/').at(-1) ?? task);

const toMissingFailure = (task: string | undefined, path: string): CliFailure =>
  new CliFailure(
    'NotFound',
    `no report${task === undefined ? '' : ` of ${task}`} found, neither on a Temporal server nor in ${path}. Check the task id with \`list\`.`,
    1,
  );
