import type { DecommissionClient } from '../../client/decommission-client.ts';
import { toRequestInput } from '../../client/request-input.ts';
import { DecommissionError } from '../../client/decommission-error.ts';
import type { DecommissionPlan } from '../../domain/plan/decommission-plan.ts';
import { describeUnroutedWork } from '../../domain/run/worker-routing.ts';
import type { DecommissionRequest } from '../../domain/request/decommission-request.ts';

/** A plan of the workers, or a note why there is none. */
export type WorkersPlan = { readonly plan: DecommissionPlan } | { readonly missing: string };

/**
 * The plan that the workers make: a dry run with the same request, because only they have the cluster's credentials. Changes nothing in the
 * cluster. Missing without a worker, when the dry run fails, or when `signal` aborts.
 */
export const readWorkersPlan = async (
  client: Pick<DecommissionClient, 'readWorkers' | 'start' | 'client'>,
  request: DecommissionRequest,
  signal: AbortSignal,
): Promise<WorkersPlan> => {
  const { cluster } = request;
  const missing = await describeMissingWorker(client, cluster);
  if (missing !== undefined) return { missing };
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

/** Why a dry run would wait or be refused; undefined when workers take it. */
const describeMissingWorker = async (
  client: Pick<DecommissionClient, 'readWorkers' | 'client'>,
  cluster: string,
): Promise<string | undefined> => {
  const [served, queue] = await Promise.all([client.readWorkers(cluster), client.readWorkers()]);
  if (served.workers.length === 0) return `No worker serves cluster ${cluster}, so the plan cannot be shown.`;
  const unrouted = [queue, served]
    .map((each) => describeUnroutedWork(each, client.client.options.namespace))
    .find((each) => each !== undefined);
  return unrouted === undefined ? undefined : `No worker makes a plan: ${unrouted}`;
};
