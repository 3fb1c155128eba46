import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deployment } from '../../stack/cluster-fixtures/workloads.ts';
import type { Stack } from '../../stack/stack.ts';
import { observeProcess, runObserved } from '../drain/process-usage.ts';
import { toDrainRequest } from '../drain/measure-ours.ts';
import { startBenchStack } from '../drain/start-bench-stack.ts';
import { summarizeRequests } from '../drain/summarize-requests.ts';
import { toTotal } from '../rows/judge-row.ts';
import { reportFigures } from './report-figures.ts';

/*
 * One task drains 20 nodes of 110 pods each at once: memory and processor time of the worker. A measurement, not a test.
 */

const NODES = Number(process.argv[2] ?? 20);
const PODS_PER_NODE = 110;
const TERMINATION_SECONDS = 5;
const READY_SECONDS = 2;
const ROOMS = 10;
const NAMESPACE = 'shop';
const MAX_MEGABYTES = 400;
const TIMEOUT_MILLISECONDS = 600_000;

const progress = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

const main = async (): Promise<void> => {
  const { stack, worker, entryPath, environment } = await startBenchStack(progress);
  try {
    const nodeNames = await fillNodes(stack);
    const requestPath = join(stack.directory, 'request.json');
    writeFileSync(requestPath, JSON.stringify({ ...toDrainRequest(nodeNames), maxConcurrentNodes: NODES }));
    const mark = stack.markAudit();
    const observer = observeProcess('worker', worker.identity.pid);
    const { exitCode, stderr, startedAt, endedAt } = await runObserved({
      name: 'command',
      command: process.execPath,
      arguments: [entryPath, 'start', '-f', requestPath, '--wait', '--yes', '-o', 'json'],
      environment,
      timeoutMilliseconds: TIMEOUT_MILLISECONDS,
    });
    const { cpuSeconds, peakMegabytes } = observer.stop();
    if (exitCode !== 0) throw new Error(`The task ended with exit code ${exitCode ?? 'none'}: ${stderr.slice(-1000)}`);
    const { byKind, acceptedEvictions } = summarizeRequests(stack.auditEvents(mark), 'node-decommission/');
    reportFigures([
      { what: 'most memory of the worker', value: peakMegabytes, unit: 'MB', atMost: MAX_MEGABYTES },
      { what: 'from the command to its end', value: (endedAt - startedAt) / 1000, unit: 's' },
      { what: 'processor time of the worker', value: cpuSeconds, unit: 's' },
      { what: 'evictions', value: acceptedEvictions, unit: 'pods' },
      { what: 'requests to the API server per eviction', value: toTotal(byKind) / acceptedEvictions, unit: 'requests' },
    ]);
  } finally {
    await stack.stop();
  }
};

/** Each node has the pods of one Deployment, which may also run in the rooms; those are created afterwards. */
const fillNodes = async (stack: Stack): Promise<readonly string[]> => {
  const names = Array.from({ length: NODES }, (_, index) => `node-${index + 1}`);
  await stack.createNamespace(NAMESPACE);
  await stack.createNodes(names.map((name) => ({ name, labels: { bench: name }, capacity: { pods: '120' } })));
  await stack.apply(names.map((name) => toDeployment(name)));
  await stack.awaitPodsReady(NAMESPACE, '', NODES * PODS_PER_NODE);
  progress(`${NODES} nodes with ${PODS_PER_NODE} Ready pods each`);
  const rooms = Array.from({ length: ROOMS }, (_, index) => `room-${index + 1}`);
  await stack.createNodes(
    rooms.map((name) => ({ name, labels: { bench: 'room' }, capacity: { cpu: '128', memory: '512Gi', pods: '500' } })),
  );
  return names;
};

const toDeployment = (name: string): object =>
  deployment({
    ...{ namespace: NAMESPACE, name, replicas: PODS_PER_NODE },
    pod: {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: 'bench', operator: 'In', values: [name, 'room'] }] }],
          },
        },
      },
      behavior: {
        readyAfterMilliseconds: READY_SECONDS * 1000,
        terminateAfterMilliseconds: TERMINATION_SECONDS * 1000,
      },
    },
  });

await main();
