import type { DecommissionHandle } from '../../client/decommission-handle.ts';
import type { DecommissionReport } from '../../domain/run/report.ts';
import type { CliContext } from '../cli-context.ts';
import { followDecommission } from './follow-decommission.ts';
import type { Output } from '../output.ts';
import { printReport } from './print-report.ts';

/**
 * Shows a decommission to its end and prints its report. Undefined when interrupted: the drain continues, since its worker is another
 * process.
 */
export const watchToEnd = async (
  handle: DecommissionHandle,
  output: Output,
  { interruption, programName }: CliContext,
): Promise<DecommissionReport | undefined> => {
  const { settled } = await followDecommission(handle, output, interruption);
  if (!settled) {
    output.note(`The drain continues. To watch it again: ${programName} watch ${handle.workflowId}`);
    return undefined;
  }
  const report = await handle.report();
  await printReport(handle, report, output);
  return report;
};
