import type { DecommissionClient } from '../../client/decommission-client.ts';
import { describeUnroutedWork } from '../../domain/run/worker-routing.ts';

/**
 * Why no worker begins with a new request for this cluster, as a note with its remedy; undefined when workers take it. Without a cluster,
 * those of the workflows decide. Reads only.
 */
export const describeMissingWorker = async (
  client: Pick<DecommissionClient, 'readWorkers' | 'client'>,
  cluster: string | undefined,
  programName: string,
): Promise<string | undefined> => {
  const start = `\`${programName} worker\``;
  const { namespace } = client.client.options;
  const queue = await client.readWorkers();
  if (queue.workers.length === 0)
    return `No worker polls the task queue yet: it begins when one is started (${start}).`;
  const unrouted = describeUnroutedWork(queue, namespace);
  if (unrouted !== undefined) return `No worker begins with it: ${unrouted}`;
  if (cluster === undefined) return undefined;
  const served = await client.readWorkers(cluster);
  if (served.workers.length === 0) {
    return `No worker serves cluster "${cluster}" yet: it is refused unless one is started within half a minute (${start}).`;
  }
  const unserved = describeUnroutedWork(served, namespace);
  return unserved === undefined
    ? undefined
    : `No worker serves cluster "${cluster}", so it is refused within a minute: ${unserved}`;
};
