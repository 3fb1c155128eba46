import pino from 'pino';
import { loadConfiguration } from '../../config/load-configuration.ts';
import { TASK_QUEUE } from '../../domain/run/workflow-ids.ts';
import { DECOMMISSION_NODES } from '../../workflows/messages.ts';
import type { AddVerb } from '../cli-context.ts';
import { readPlace, type TemporalPlace } from '../connect-temporal.ts';

/** `worker`: serves the task queue until SIGTERM or SIGINT; JSON logs on stderr. */
export const addWorkerVerb: AddVerb = (program, context, act) => {
  program
    .command('worker')
    .description('serve decommissions of a Temporal server until SIGTERM; logs JSON lines to stderr')
    .action(
      act(async () => {
        const configuration = loadConfiguration({ environment: context.environment });
        const logger = pino(
          { level: context.environment['LOG_LEVEL'] ?? 'info' },
          pino.destination({ dest: 2, sync: true }),
        );
        // Loaded when needed only: the Kubernetes client and the worker take a second that the other verbs need not wait for.
        const { installRuntime, startInProcessWorker } = await import('../embedded/in-process-worker.ts');
        installRuntime(logger);
        const place = await readPlace(context.environment);
        const worker = await startInProcessWorker(place, configuration);
        logger.info({ taskQueue: TASK_QUEUE, address: place.address, namespace: place.namespace }, 'worker started');
        logger.info(`start form in Temporal's UI: ${toStartFormLink(place)}`);
        try {
          await Promise.race([worker.ended, awaitAbort(context.interruption)]);
        } finally {
          logger.info('worker stops: evictions under way are handed to the next worker');
          await worker.stop();
        }
        return 0;
      }),
    );
};

/** The UI's start form with all but the request filled in. */
export const toStartFormLink = ({ uiAddress, namespace }: TemporalPlace): string => {
  const query = new URLSearchParams({
    workflowId: 'decommission/default/task/<taskId>',
    taskQueue: TASK_QUEUE,
    workflowType: DECOMMISSION_NODES,
  });
  return `${uiAddress ?? ''}/namespaces/${namespace}/workflows/start-workflow?${query.toString()}`;
};

const awaitAbort = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener(
      'abort',
      () => {
        resolve();
      },
      { once: true },
    );
  });
