import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import type { DecommissionReport, NodeReport } from '../../../src/domain/run/report.ts';
import type { RunStatus } from '../../../src/domain/run/status.ts';
import { awaitCondition } from '../../../stack/processes/await-condition.ts';
import { awaitClosing } from '../harness/closing.ts';

/** How a task, or the workflow of a node, has ended. */
export interface RunEnd {
  /** Of its report. `none`: it left no report, e.g. because it was terminated. `NeedsOperator`: it waits, and was terminated here. */
  readonly outcome: string;
  /** UID of its node; empty: none. */
  readonly nodeUid: string;
  readonly message: string;
}

/** Waits for the end of the run, or until it waits for an operator. */
export const endOf = async (handle: WorkflowHandle): Promise<RunEnd> => {
  const parked = await awaitCondition(
    `${handle.workflowId} is closed or parked`,
    async () => {
      const { status } = await handle.describe();
      if (status.name !== 'RUNNING') return { message: undefined };
      const { phase, message } = await handle.query<RunStatus>('status');
      return phase === 'NeedsOperator' ? { message } : undefined;
    },
    { intervalMilliseconds: 300 },
  );
  if (parked.message === undefined) return await readEnd(handle);
  await handle.terminate('an operator has decided');
  return { outcome: 'NeedsOperator', nodeUid: '', message: parked.message };
};

const readEnd = async (handle: WorkflowHandle): Promise<RunEnd> => {
  try {
    return toEnd((await awaitClosing<DecommissionReport | NodeReport>(handle)).report);
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    return { outcome: 'none', nodeUid: '', message: error.cause?.message ?? error.message };
  }
};

const toEnd = (report: DecommissionReport | NodeReport): RunEnd => {
  const node = 'nodes' in report ? report.nodes[0] : report;
  const { outcome, failure } = report;
  return { outcome, nodeUid: node?.nodeUid ?? '', message: failure?.message ?? '' };
};
