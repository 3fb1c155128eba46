import type { DecommissionClient } from '../../client/decommission-client.ts';
import { toRequestInput } from '../../client/start/request-input.ts';
import { DecommissionError } from '../../client/decommission-error.ts';
import type { DecommissionPlan } from '../../domain/plan/decommission-plan.ts';
import type { DecommissionRequest } from '../../domain/request/decommission-request.ts';
import type { CliContext } from '../cli-context.ts';
import { describeMissingWorker } from '../decommission/describe-missing-worker.ts';

/** A plan of the workers, or a note why there is none. */
export type WorkersPlan = { readonly plan: DecommissionPlan } | { readonly missing: string };

/**
 * The plan that the workers make: a dry run with the same request, because only they have the cluster's credentials. Changes nothing in the
 * cluster. Missing without a worker, when the dry run fails, or when it is interrupted.
 */
export const readWorkersPlan = async (
  client: Pick<DecommissionClient, 'readWorkers' | 'start' | 'client'>,
  request: DecommissionRequest,
  { interruption: signal, programName }: Pick<CliContext, 'interruption' | 'programName'>,
): Promise<WorkersPlan> => {
  const missing = await describeMissingWorker(client, request.cluster, programName);
  if (missing !== undefined) return { missing: `The plan cannot be shown: ${missing}` };
  try {
    const handle = await client.start(toRequestInput({ ...request, dryRun: true }));
    for await (const { phase } of handle.progress({ signal, intervalMilliseconds: 250 })) {
      if (phase === 'Closed') break;
    }
    const plan = signal.aborted ? null : await handle.plan();
    return plan === null ? { missing: 'The dry run ended without a plan; `report` has the reason.' } : { plan };
  } catch (error) {
    if (!(error instanceof DecommissionError)) throw error;
    return { missing: `The plan cannot be shown: ${error.message}` };
  }
};
