import pino from 'pino';
import { toSetCurrentCommand } from '../../domain/run/worker-version.ts';
import { DEFAULT_CLUSTER, TASK_QUEUE, toTaskWorkflowId } from '../../domain/run/workflow-ids.ts';
import { DECOMMISSION_NODES } from '../../workflows/messages.ts';
import type { AddVerb } from '../cli-context.ts';
import { addClusterOptions, loadServedClusters, type ClusterOptions } from '../cluster-options.ts';
import { readPlace, type TemporalPlace } from '../connect-temporal.ts';
import { keepOpenPolls } from '../embedded/keep-open-polls.ts';
import { createWorkerLogger } from '../embedded/worker-logger.ts';
import { addExamples, type Example } from './verb-options.ts';

const EXAMPLES: readonly Example[] = [
  ['NODE_DECOMMISSION_CONFIG=worker.yaml TEMPORAL_ADDRESS=temporal.example:7233 % worker', 'the clusters of a file'],
  ['worker --cluster prod --context prod', 'one cluster of your kubeconfig, named prod in requests'],
];

interface WorkerVerbOptions extends ClusterOptions {
  readonly cluster: string;
}

/** `worker`: serves the workflows and the clusters that its configuration names until SIGTERM or SIGINT; JSON logs on stderr. */
export const addWorkerVerb: AddVerb = (program, context, act) => {
  const command = program
    .command('worker')
    .description('serve decommissions of a Temporal server until SIGTERM; logs JSON lines to stderr')
    .option('--cluster <name>', 'cluster to which --kubeconfig and --context apply', DEFAULT_CLUSTER);
  addExamples(addClusterOptions(command), context.programName, EXAMPLES).action(
    act(async (_output, options: WorkerVerbOptions) => {
      const configuration = loadServedClusters(context, options.cluster, options);
      const logger = createWorkerLogger(
        pino.destination({ dest: 2, sync: true }),
        context.environment['LOG_LEVEL'] ?? 'info',
      );
      // Loaded here, because the Kubernetes client and the worker take a second, which the other verbs do not need.
      const { openCluster } = await import('../open-cluster.ts');
      for (const name of Object.keys(configuration.clusters)) openCluster(configuration, name);
      const { installRuntime, startInProcessWorker } = await import('../embedded/in-process-worker.ts');
      installRuntime(logger);
      keepOpenPolls(context.environment);
      const place = await readPlace(context.environment);
      const worker = await startInProcessWorker(place, configuration);
      const clusters = Object.keys(configuration.clusters);
      const { address, namespace } = place;
      const { deployment } = configuration;
      logger.info(
        { taskQueue: TASK_QUEUE, clusters, address, namespace, ...(deployment === undefined ? {} : { deployment }) },
        'worker started',
      );
      if (deployment !== undefined) {
        logger.info(
          `unless this version is current, it receives no new runs: ${toSetCurrentCommand(deployment, namespace)}`,
        );
      }
      logger.info(`start form in Temporal's UI: ${toStartFormLink(place, clusters[0])}`);
      try {
        await Promise.race([worker.ended, awaitAbort(context.interruption)]);
      } finally {
        logger.info('worker stops: the next worker continues the evictions in progress');
        await worker.stop();
      }
      return 0;
    }),
  );
};

/** The UI's start form with all but the request filled in. */
export const toStartFormLink = ({ uiAddress, namespace }: TemporalPlace, cluster: string = DEFAULT_CLUSTER): string => {
  const query = new URLSearchParams({
    workflowId: toTaskWorkflowId(cluster, '<taskId>'),
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
