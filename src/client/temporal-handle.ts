import type { Client } from '@temporalio/client';
import type { UpdateDefinition } from '@temporalio/common';
import type { DecommissionReport } from '../domain/run/report.ts';
import type { Attribution, RunStatus } from '../domain/run/status.ts';
import { approveUpdate, pauseUpdate, planQuery, resumeUpdate, skipReplacementsUpdate } from '../workflows/messages.ts';
import { cancelDecommission } from './cancel-decommission.ts';
import { readClosedReport, readJoinedReport } from './closed-report.ts';
import { toParkedReport } from './closed-status.ts';
import type { DecommissionHandle } from './decommission-handle.ts';
import { followStatus, readDescription, readJoinedStatus, sleepUnlessAborted } from './read-status.ts';
import { sendUpdate, steerPod } from './send-update.ts';
import { callWorker } from './worker-presence.ts';

/** How often `result` checks whether the workflow is parked: a parked workflow is open, so no long poll returns. */
const PARKED_CHECK_MILLISECONDS = 5_000;

export interface HandleIdentity {
  readonly workflowId: string;
  readonly runId?: string;
  readonly attached: boolean;
}

/** A DecommissionHandle over a Temporal client. */
export const createTemporalHandle = (client: Client, identity: HandleIdentity): DecommissionHandle => {
  const { workflowId, runId } = identity;
  const result = (): Promise<DecommissionReport> => awaitReport(client, workflowId, runId);
  const update = (definition: UpdateDefinition<RunStatus, [Attribution]>, attribution: Attribution) =>
    sendUpdate(client, workflowId, definition, attribution);
  return {
    ...identity,
    result,
    report: async () => readJoinedReport(client, await result()),
    status: () => readJoinedStatus(client, workflowId),
    plan: async () => {
      const description = await readDescription(client, workflowId);
      return await callWorker(client, description, () => client.workflow.getHandle(workflowId).query(planQuery));
    },
    progress: (options) => followStatus(client, workflowId, options),
    pause: (attribution) => update(pauseUpdate, attribution),
    resume: (attribution) => update(resumeUpdate, attribution),
    approve: (argument) => sendUpdate(client, workflowId, approveUpdate, argument),
    steerPod: (action, argument) => steerPod(client, workflowId, action, argument),
    skipReplacements: (argument) => sendUpdate(client, workflowId, skipReplacementsUpdate, argument),
    cancel: (attribution) => cancelDecommission(client, workflowId, attribution),
  };
};

const awaitReport = async (
  client: Client,
  workflowId: string,
  runId: string | undefined,
): Promise<DecommissionReport> => {
  await readDescription(client, workflowId);
  const done = new AbortController();
  // Aborted at the end: a pending long poll would keep the caller's process alive.
  const closed = client.withAbortSignal(done.signal, () => readClosedReport(client, workflowId, runId));
  try {
    return await Promise.race([closed, awaitParked(client, workflowId, done.signal)]);
  } finally {
    done.abort();
    closed.catch(() => undefined); // If it was first, the caller already receives its error.
  }
};

/** Resolves only when the workflow is parked. Failed reads are repeated: `readClosedReport` reports lasting errors. */
const awaitParked = async (client: Client, workflowId: string, signal: AbortSignal): Promise<DecommissionReport> => {
  for (;;) {
    await sleepUnlessAborted(PARKED_CHECK_MILLISECONDS, signal);
    if (signal.aborted) return new Promise<never>(() => undefined);
    const status = await readJoinedStatus(client, workflowId).catch(() => undefined);
    if (status?.phase === 'NeedsOperator') return toParkedReport(status, new Date().toISOString());
  }
};
