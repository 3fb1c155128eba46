import type { DecommissionHandle } from '../../client/decommission-handle.ts';
import type { DecommissionPlan } from '../../domain/plan/decommission-plan.ts';
import type { DecommissionReport } from '../../domain/run/report.ts';
import { toFittingText } from '../format/fitting-text.ts';
import { formatFindings } from '../format/format-plan.ts';
import { formatReport } from '../format/format-report.ts';
import { isForMachines, type Output } from '../output.ts';

/**
 * Prints the report of a decommission that has just ended. As text, a refusal is followed by every finding of its plan: the message in
 * the report has at most ten.
 */
export const printReport = async (
  handle: DecommissionHandle,
  report: DecommissionReport,
  output: Output,
): Promise<void> => {
  const plan = await readRefusedPlan(handle, report, output);
  const value = output.isStream ? { version: 1, type: 'report', report } : report;
  output.result(value, (paint) => {
    const findings = plan === undefined ? '' : `\n\n${toFittingText(formatFindings(plan, paint), output.columns)}`;
    return `\n${formatReport(report, paint, output.columns)}${findings}`;
  });
};

/** Undefined when the findings are not the reason for the refusal (another task holds the node), or, with a note, when the plan cannot be read. */
const readRefusedPlan = async (
  handle: DecommissionHandle,
  { outcome }: DecommissionReport,
  output: Output,
): Promise<DecommissionPlan | undefined> => {
  if (outcome !== 'Refused' || isForMachines(output.format)) return undefined;
  try {
    const plan = await handle.plan();
    return plan?.verdict === 'Refused' ? plan : undefined;
  } catch {
    // Whatever the error, the report must still be printed.
    output.note('The plan cannot be read now. To list all findings, run `plan` with the same arguments.');
    return undefined;
  }
};
