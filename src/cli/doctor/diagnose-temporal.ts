import type { Client } from '@temporalio/client';
import type { DecommissionClient } from '../../client/decommission-client.ts';
import { readMissingSearchAttributes } from '../../client/search-attributes.ts';
import { toRegistrationCommand } from '../../domain/run/search-attributes.ts';
import { describeUnroutedWork, type PollingWorker, type QueueWorkers } from '../../domain/run/worker-routing.ts';
import { toVersionText } from '../../domain/run/worker-version.ts';
import { TASK_QUEUE, toClusterQueue } from '../../domain/run/workflow-ids.ts';
import type { CliContext } from '../cli-context.ts';
import { connectClient, readPlace, type TemporalPlace } from '../connect-temporal.ts';
import { findTemporalProgram } from '../embedded/temporal-program.ts';
import { checkTemporalAccess } from './check-temporal-access.ts';
import { checkWorkerVersions } from './check-worker-versions.ts';
import type { DoctorCheck } from './doctor-check.ts';

type ProcessContext = Pick<CliContext, 'environment' | 'programName'>;

/**
 * The Temporal server, the workers on its task queues, those of these clusters included, and the program that `run` needs when no server is
 * configured. Reads only.
 */
export const diagnoseTemporal = async (
  context: ProcessContext,
  clusters: readonly string[],
): Promise<readonly DoctorCheck[]> => {
  const place = await readPlace(context.environment);
  return [...(await checkServer(place, context, clusters)), await checkProgram(place, context.environment)];
};

const checkServer = async (
  place: TemporalPlace,
  { environment, programName }: ProcessContext,
  clusters: readonly string[],
): Promise<readonly DoctorCheck[]> => {
  const name = 'Temporal server';
  try {
    const client = await connectClient(place, environment);
    try {
      return await checkNamespace(client, place, programName, clusters);
    } finally {
      await client.close();
    }
  } catch (error) {
    if (place.source === 'default') {
      return [{ name, ok: true, message: 'not configured; `run` starts its own' }];
    }
    return [
      {
        name,
        ok: false,
        message: error instanceof Error ? error.message : 'cannot be used',
        remedy: 'Check TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_PROFILE, the TLS settings and the API key.',
      },
    ];
  }
};

const checkNamespace = async (
  client: DecommissionClient,
  { address, namespace, source }: TemporalPlace,
  programName: string,
  clusters: readonly string[],
): Promise<readonly DoctorCheck[]> => {
  const server = {
    name: 'Temporal server',
    ok: true,
    message: `reachable at ${address}, namespace ${namespace} (${source})`,
  };
  const access = await checkTemporalAccess(client.client);
  try {
    const attributes = await checkSearchAttributes(client.client);
    const queue = await client.readWorkers();
    const workers = toWorkersCheck(queue, programName);
    const versions = await checkWorkerVersions(client.client, queue);
    const ofClusters = workers.ok ? await checkClusterWorkers(client, clusters, programName) : [];
    return [server, access, attributes, workers, ...versions, ...ofClusters];
  } catch (error) {
    // Without access, it is the cause.
    if (access.ok) throw error;
    return [server, access];
  }
};

/** Missing ones are no failure: runs do without them. */
const checkSearchAttributes = async (client: Client): Promise<DoctorCheck> => {
  const name = 'search attributes';
  try {
    const missing = await readMissingSearchAttributes(client);
    if (missing.length === 0) return { name, ok: true, message: 'all registered' };
    return {
      name,
      ok: true,
      message: `not registered: ${missing.join(', ')}; without them, workflows cannot be filtered by these values`,
      remedy: `To register them, run: ${toRegistrationCommand(missing, client.options.namespace)}`,
    };
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown cause';
    return { name, ok: true, message: `cannot be listed (${why}), so runs do without them` };
  }
};

const toWorkersCheck = ({ workers }: QueueWorkers, programName: string): DoctorCheck => {
  const name = `workers on task queue ${TASK_QUEUE}`;
  if (workers.length > 0) return { name, ok: true, message: toWorkersText(workers) };
  return {
    name,
    ok: false,
    message: 'none',
    remedy: `Start one with \`${programName} worker\`. \`run\` starts its own.`,
  };
};

const checkClusterWorkers = async (
  client: DecommissionClient,
  clusters: readonly string[],
  programName: string,
): Promise<readonly DoctorCheck[]> =>
  await Promise.all(
    clusters.map(async (cluster) =>
      toClusterWorkersCheck(cluster, await client.readWorkers(cluster), client, programName),
    ),
  );

const toClusterWorkersCheck = (
  cluster: string,
  queue: QueueWorkers,
  { client }: DecommissionClient,
  programName: string,
): DoctorCheck => {
  const name = `workers of cluster ${cluster}`;
  const unrouted = describeUnroutedWork(queue, client.options.namespace);
  if (unrouted !== undefined) return { name, ok: false, message: `requests for this cluster are refused: ${unrouted}` };
  if (queue.workers.length > 0) return { name, ok: true, message: toWorkersText(queue.workers) };
  return {
    name,
    ok: false,
    message: `none on task queue ${toClusterQueue(cluster)}, so requests for this cluster are refused`,
    remedy: `Name the cluster under \`clusters\` in the configuration of a worker, and start it with \`${programName} worker\`. \`run\` starts its own.`,
  };
};

const toWorkersText = (workers: readonly PollingWorker[]): string =>
  workers
    .map(({ identity, version }) => (version === undefined ? identity : `${identity} (${toVersionText(version)})`))
    .join(', ');

const checkProgram = async (place: TemporalPlace, environment: NodeJS.ProcessEnv): Promise<DoctorCheck> => {
  const name = '`temporal` program';
  if (place.source === 'configured') return { name, ok: true, message: 'not needed: a server is configured' };
  try {
    const found = await findTemporalProgram(environment);
    if (found !== undefined) return { name, ok: true, message: `${found.path} (from ${found.source})` };
    return {
      name,
      ok: false,
      message: 'not found',
      remedy:
        'Install the Temporal CLI, or set NODE_DECOMMISSION_TEMPORAL_PROGRAM to its path. Otherwise `run` tries to download it.',
    };
  } catch (error) {
    return {
      name,
      ok: false,
      message: error instanceof Error ? error.message : 'cannot be used',
      remedy: 'Correct the setting.',
    };
  }
};
