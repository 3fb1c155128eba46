import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DecommissionFailure, FailureType } from '../domain/run/failures.ts';
import type { DecommissionReport } from '../domain/run/report.ts';
import { readErrorCode } from '../domain/text/error-code.ts';
import type { ReportStore } from '../ports/report-store.ts';

/** Reports as files `<directory>/<cluster>/<node>/<end>_<task>_<run>.json`, one for each run of a node's workflow. Creates nothing yet. */
export const createReportFolder = (directory: string): ReportStore => ({
  store: async (report, runId) => {
    try {
      await write(directory, report, runId);
    } catch (error) {
      const cause = readErrorCode(error) ?? 'unknown cause';
      throw new DecommissionFailure(
        FailureType.ReportNotStored,
        `the report could not be written to ${directory} (${cause}): check that the folder can be created there, is writable and has space.`,
        { retryable: true },
      );
    }
  },
});

/** Under a temporary name first, so that a crash leaves no incomplete report. */
const write = async (directory: string, report: DecommissionReport, runId: string): Promise<void> => {
  const { cluster, taskId, endedAt, nodes } = report;
  const folder = join(directory, toName(cluster), toName(nodes[0]?.nodeName ?? ''));
  const path = join(folder, `${endedAt.replace(/[:.]/g, '-')}_${toName(taskId)}_${toName(runId)}.json`);
  const draft = join(folder, `.${randomUUID()}`);
  await mkdir(folder, { recursive: true });
  try {
    await writeFile(draft, `${JSON.stringify(report, undefined, 2)}\n`, { flush: true });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
};

/** One part of a path, whatever a workflow's input has. */
const toName = (text: string): string => encodeURIComponent(text).replace(/^\.+$/, '_');

/** Which stored reports are wanted; without node and task, the newest. */
export interface WantedReports {
  readonly cluster: string;
  readonly nodeName?: string;
  readonly taskId?: string;
}

/**
 * Paths of stored reports: the newest of that node if there is one, else the newest of each node of that task. Newest first; empty when
 * there is none.
 * @throws Error of the file system, except that the folder does not exist.
 */
export const findStoredReports = async (
  directory: string,
  { cluster, nodeName, taskId }: WantedReports,
): Promise<readonly string[]> => {
  const folder = join(directory, toName(cluster));
  const files = (await Promise.all((await list(folder)).map((node) => listFiles(folder, node)))).flat();
  const newest = files.sort((one, other) => other.time.localeCompare(one.time));
  if (nodeName === undefined && taskId === undefined) return newest.slice(0, 1).map(toPath);
  const ofNode = newest.find(({ node }) => nodeName !== undefined && node === toName(nodeName));
  if (ofNode !== undefined) return [ofNode.path];
  const ofTask = newest.filter(({ task }) => taskId !== undefined && task === toName(taskId));
  return ofTask.filter(({ node }, index) => ofTask.findIndex((each) => each.node === node) === index).map(toPath);
};

interface StoredFile {
  readonly path: string;
  readonly node: string;
  /** Sorts as the time does. */
  readonly time: string;
  readonly task: string;
}

const toPath = ({ path }: StoredFile): string => path;

const listFiles = async (folder: string, node: string): Promise<readonly StoredFile[]> =>
  (await list(join(folder, node))).flatMap((name) => {
    const [, time, task] = /^([^_]+)_(.+)_[^_]+\.json$/.exec(name) ?? [];
    return time === undefined || task === undefined ? [] : [{ path: join(folder, node, name), node, time, task }];
  });

const list = async (path: string): Promise<readonly string[]> => {
  try {
    return await readdir(path);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(readErrorCode(error) ?? '')) return [];
    throw error;
  }
};
