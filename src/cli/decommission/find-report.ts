import type { DecommissionClient } from '../../client/decommission-client.ts';
import type { DecommissionHandle } from '../../client/decommission-handle.ts';
import type { DecommissionReport } from '../../domain/run/report.ts';
import { joinStoredReports } from '../../domain/run/stored-report.ts';
import { findStoredReports } from '../../worker/report-folder.ts';
import { toTaskId } from '../../domain/request/task-id.ts';
import { CliFailure, toCliFailure, type ExitStatus } from '../cli-failure.ts';
import { readReportAt, readReportFile } from '../embedded/report-files.ts';
import type { StateDirectory } from '../embedded/state-directory.ts';
import { readErrorCode } from '../../domain/text/error-code.ts';
import { findDecommission, type DecommissionTarget } from './find-decommission.ts';

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
  target: DecommissionTarget,
  note?: (line: string) => void,
): Promise<ServerAnswer> => {
  const handle = await findClosed(client, target, note);
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
  { task, cluster }: DecommissionTarget,
  note?: (line: string) => void,
): Promise<DecommissionHandle | undefined> => {
  const wanted = task ?? (await client.list({ state: 'closed', limit: 1 }))[0]?.workflowId;
  if (wanted === undefined) return undefined;
  try {
    return await findDecommission(client, { task: wanted, cluster }, note);
  } catch (error) {
    if (readErrorCode(error) === 'NotFound') return undefined;
    throw error;
  }
};

/** Where reports are found that no server has. */
export interface ReportPlaces {
  /** Of `run`. */
  readonly state: StateDirectory;
  /** Of the workers, see `reports` in the configuration; absent: none. */
  readonly directory?: string;
}

/**
 * The report that `run` or a worker wrote to disk, when the server has none. When the decommission closed without a report, a note and the
 * exit status of that failure are added: what happened after the file was written is unknown.
 * @throws CliFailure `NotFound`: the decommission is not on the server, and there is no file.
 * @throws NoReportError: the decommission closed without a report, and there is no file.
 */
export const readReportFromDisk = async (
  answer: UnreportedAnswer,
  task: string | undefined,
  cluster: string,
  places: ReportPlaces,
  note: (line: string) => void,
): Promise<FoundReport> => {
  const found = await readNewest(answer.kind === 'lost' ? [answer.workflowId, task] : [task], cluster, places, note);
  if (answer.kind === 'nothing') {
    if (found === undefined) throw toMissingFailure(task, toPlaces(places));
    return { report: found.report, exitStatus: 0 };
  }
  if (found === undefined) throw answer.failure;
  note(answer.failure.message);
  note(`Showing its last report in ${found.place}, written at ${found.report.endedAt}. Later events are not included.`);
  return { report: found.report, exitStatus: toCliFailure(answer.failure).exitStatus };
};

const toPlaces = ({ state, directory }: ReportPlaces): readonly string[] => [
  state.reportsPath,
  ...(directory === undefined ? [] : [directory]),
];

/** `names`: of the same decommission; the first that has a report counts. */
const readNewest = async (
  names: readonly (string | undefined)[],
  cluster: string,
  { state, directory }: ReportPlaces,
  note: (line: string) => void,
): Promise<{ readonly report: DecommissionReport; readonly place: string } | undefined> => {
  for (const name of names) {
    const written = await readReportFile(state, name === undefined ? undefined : toWrittenTaskId(name), note);
    const stored = directory === undefined ? undefined : await readStored(directory, name, cluster, note);
    if (stored !== undefined && (written === undefined || written.endedAt < stored.endedAt))
      return { report: stored, place: directory ?? '' };
    if (written !== undefined) return { report: written, place: state.reportsPath };
  }
  return undefined;
};

const readStored = async (
  directory: string,
  name: string | undefined,
  cluster: string,
  note: (line: string) => void,
): Promise<DecommissionReport | undefined> => {
  const wanted = name === undefined ? {} : { nodeName: name.split('/').at(-1) ?? name, taskId: toWrittenTaskId(name) };
  const paths = await findStoredReports(directory, { cluster, ...wanted });
  const reports = await Promise.all(paths.map((path) => readReportAt(path, note)));
  return joinStoredReports(reports.filter((report) => report !== undefined));
};

/** Report files are named by the normalized task id, which is also the last part of a workflow id. */
const toWrittenTaskId = (task: string): string => toTaskId(task.split('/').at(-1) ?? task);

const toMissingFailure = (task: string | undefined, places: readonly string[]): CliFailure =>
  new CliFailure(
    'NotFound',
    `no report${task === undefined ? '' : ` of ${task}`} found, neither on a Temporal server nor in ${places.join(' or ')}. Check the task id with \`list\`.`,
    1,
  );
