import { TASK_QUEUE } from '../../domain/run/workflow-ids.ts';
import type { CliContext } from '../cli-context.ts';
import { connectClient, readPlace, type TemporalPlace } from '../connect-temporal.ts';
import { findTemporalProgram } from '../embedded/temporal-program.ts';
import type { DoctorCheck } from './doctor-check.ts';

type ProcessContext = Pick<CliContext, 'environment' | 'programName'>;

/** The Temporal server, the workers on the task queue, and the program that `run` needs when no server is configured. Reads only. */
export const diagnoseTemporal = async (context: ProcessContext): Promise<readonly DoctorCheck[]> => {
  const place = await readPlace(context.environment);
  return [...(await checkServer(place, context)), await checkProgram(place, context.environment)];
};

const checkServer = async (
  place: TemporalPlace,
  { environment, programName }: ProcessContext,
): Promise<readonly DoctorCheck[]> => {
  const name = 'Temporal server';
  try {
    const client = await connectClient(place, environment);
    try {
      await client.client.workflowService.describeNamespace({ namespace: place.namespace });
      const workers = await client.readWorkers();
      const serverCheck = {
        name,
        ok: true,
        message: `reachable at ${place.address}, namespace ${place.namespace} (${place.source})`,
      };
      return [serverCheck, toWorkersCheck(workers, programName)];
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
