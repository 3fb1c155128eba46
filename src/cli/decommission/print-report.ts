import type { DecommissionHandle } from '../../client/decommission-handle.ts';
import type { DecommissionPlan } from '../../domain/plan/decommission-plan.ts';
import type { DecommissionReport } from '../../domain/run/report.ts';
import { formatFindings } from '../format/format-plan.ts';
import { formatReport } from '../format/format-report.ts';
import type { Output } from '../output.ts';

/**
 * Prints the report of a decommission that has just ended. For people, a refusal comes with every finding of its plan: the sentence in
 * the report names ten at most.
 */
export const printReport = async (
  handle: DecommissionHandle,
  report: DecommissionReport,
  output: Output,
): Promise<void> => {
  const plan = await readRefusedPlan(handle, report, output);
  output.result(report, (paint) => {
    const findings = plan === undefined ? '' : `\n\n${formatFindings(plan, paint)}`;
    return `\n${formatReport(report, paint)}${findings}`;
  });
};

/** Undefined when its findings are not what refused it (another task holds the node), or when nobody can tell them: that is said. */
const readRefusedPlan = async (
  handle: DecommissionHandle,
  { outcome }: DecommissionReport,
  output: Output,
): Promise<DecommissionPlan | undefined> => {
  if (outcome !== 'Refused' || output.format === 'json') return undefined;
  try {
    const plan = await handle.plan();
    return plan?.verdict === 'Refused' ? plan : undefined;
  } catch {
    // Whatever keeps the plan back, the report is there and must be told.
    output.note('Its plan cannot be asked for now; `plan` with the same arguments shows all that it finds.');
    return undefined;
  }
};
