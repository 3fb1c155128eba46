import type { DecommissionHandle } from '../../client/decommission-handle.ts';
import type { DecommissionReport } from '../../domain/run/report.ts';
import type { CliContext } from '../cli-context.ts';
import { writeReportFile } from '../embedded/report-files.ts';
import { toStateDirectory } from '../embedded/state-directory.ts';
import type { Output } from '../output.ts';
import { printReport } from './print-report.ts';

/** The end of a decommission that this process did itself: writes its report to disk, since its server ends too, and prints it. */
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
