import { TASK_QUEUE, toClusterQueue } from '../../domain/run/workflow-ids.ts';
import type { CliContext } from '../cli-context.ts';
import { connectClient, readPlace, type TemporalPlace } from '../connect-temporal.ts';
import { findTemporalProgram } from '../embedded/temporal-program.ts';
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
      await client.client.workflowService.describeNamespace({ namespace: place.namespace });
      const workers = toWorkersCheck(await client.readWorkers(), programName);
      const ofClusters = clusters.map(async (cluster) =>
        toClusterWorkersCheck(cluster, await client.readWorkers(cluster), programName),
      );
      const serverCheck = {
        name,
        ok: true,
        message: `reachable at ${place.address}, namespace ${place.namespace} (${place.source})`,
      };
      return [serverCheck, workers, ...(workers.ok ? await Promise.all(ofClusters) : [])];
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

const toWorkersCheck = (workers: readonly string[], programName: string): DoctorCheck => {
  const name = `workers on task queue ${TASK_QUEUE}`;
  if (workers.length > 0) return { name, ok: true, message: workers.join(', ') };
  return {
    name,
    ok: false,
    message: 'none',
    remedy: `Start one with \`${programName} worker\`. \`run\` starts its own.`,
  };
};

/** Without a worker of any cluster, the check of the workflows' queue has reported it. */
const toClusterWorkersCheck = (cluster: string, workers: readonly string[], programName: string): DoctorCheck => {
  const name = `workers of cluster ${cluster}`;
  if (workers.length > 0) return { name, ok: true, message: workers.join(', ') };
  return {
    name,
    ok: false,
    message: `none on task queue ${toClusterQueue(cluster)}, so requests for this cluster are refused`,
    remedy: `Name the cluster under \`clusters\` in the configuration of a worker, and start it with \`${programName} worker\`. \`run\` starts its own.`,
  };
};

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
