import { toShortList } from '../../domain/text/counts.ts';
import { withSpelledNones } from '../../domain/request/none.ts';
import type { DecommissionRequestInput } from '../../domain/request/schema/request-input.ts';
import type { DecommissionRequest } from '../../domain/request/decommission-request.ts';

/**
 * A validated request as the single argument of a workflow: only the keys of the request format, nothing derived. Parsing it again
 * returns the same request. Pure.
 */
export const toRequestInput = (request: DecommissionRequest): DecommissionRequestInput => {
  const { maxUnavailable, maxUnavailableGiven, ...rest } = withSpelledNones(request);
  // Its percentages were parsed, but have the type of any text.
  return (maxUnavailableGiven ? { ...rest, maxUnavailable } : rest) as DecommissionRequestInput;
};

const NAMES_SHOWN = 5;

/** Node names in one line, e.g. `node-1, node-2 and 38 more`. */
export const toNodeNamesLine = (nodeNames: readonly string[]): string => toShortList(nodeNames, NAMES_SHOWN);

/** Static summary of the workflow: one line in the Temporal UI. */
export const toStaticSummary = (request: DecommissionRequest): string => {
  const verb = request.dryRun ? 'Plan to decommission' : 'Decommission';
  const by = request.requestedBy === undefined ? '' : `, requested by ${request.requestedBy}`;
  return `${verb} ${toNodeNamesLine(request.nodeNames)}${by}`.slice(0, 200);
};
