import type { DecommissionHandle } from '../client/decommission-handle.ts';
import type { DecommissionReport } from '../domain/report.ts';
import { followDecommission } from './follow-decommission.ts';
import { formatReport } from './format/format-report.ts';
import type { Output } from './output.ts';

/**
 * Shows a decommission to its end and prints its report. Undefined when a person interrupted: the drain goes on, since its worker is
 * elsewhere.
 */
export const watchToEnd = async (
  handle: DecommissionHandle,
  output: Output,
  interruption: AbortSignal,
): Promise<DecommissionReport | undefined> => {
  const { settled } = await followDecommission(handle, output, interruption);
  if (!settled) {
    output.note(`The drain goes on. Watch it again: node-decommission watch ${handle.workflowId}`);
    return undefined;
  }
  const report = await handle.report();
  output.result(report, (paint) => `\n${formatReport(report, paint)}`);
  return report;
};
