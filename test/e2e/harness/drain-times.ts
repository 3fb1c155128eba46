import type { DrainEstimate } from '../../../src/domain/estimate/drain-estimate.ts';
import type { DecommissionPlan } from '../../../src/domain/plan/decommission-plan.ts';
import type { NodeReport } from '../../../src/domain/run/report.ts';
import type { Closing } from './closing.ts';
import type { Harness, Run } from './harness.ts';

export interface DrainTimes {
  readonly estimate: DrainEstimate;
  /** From the first accepted eviction until the last pod was gone. */
  readonly actualSeconds: number;
}

/** What the plan of a closed run estimated for its first node, and how long the drain took. A worker must be running. */
export const readDrainTimes = async ({ client }: Harness, run: Run, { report }: Closing): Promise<DrainTimes> => {
  const plan = await run.query<DecommissionPlan>('plan');
  const estimate = plan.nodes[0]?.estimate;
  if (estimate === undefined) throw new Error('the plan has no estimate for its first node');
  const { childWorkflowId, childRunId } = report.nodes[0] ?? {};
  const child = client.workflow.getHandle(childWorkflowId ?? '', childRunId);
  const { pods } = (await child.result()) as NodeReport;
  const toTimes = (times: readonly (string | undefined)[]): readonly number[] =>
    times.flatMap((time) => (time === undefined ? [] : [Date.parse(time)]));
  const first = Math.min(...toTimes(pods.map(({ evictedAt }) => evictedAt)));
  const last = Math.max(...toTimes(pods.map(({ goneAt }) => goneAt)));
  return { estimate, actualSeconds: (last - first) / 1000 };
};
