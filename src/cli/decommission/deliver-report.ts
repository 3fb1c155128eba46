import type { DecommissionHandle } from '../../client/decommission-handle.ts';
import type { DecommissionReport } from '../../domain/run/report.ts';
import type { CliContext } from '../cli-context.ts';
import { writeReportFile } from '../embedded/report-files.ts';
import { toStateDirectory } from '../embedded/state-directory.ts';
import type { Output } from '../output.ts';
import { printReport } from './print-report.ts';

/** Writes the report of a decommission that this process ran to disk, since its Temporal server ends with it, and prints the report. */
export const deliverReport = async (
  handle: DecommissionHandle,
  output: Output,
  context: CliContext,
): Promise<DecommissionReport> => {
  const report = await handle.report();
  output.note(`Report: ${await writeReportFile(toStateDirectory(context.environment), report)}`);
  await printReport(handle, report, output);
  return report;
};
