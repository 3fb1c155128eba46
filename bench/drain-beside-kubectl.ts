import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import Table from 'cli-table3';
import { TASK_QUEUE } from '../src/domain/run/workflow-ids.ts';
import type { DecommissionReport } from '../src/domain/run/report.ts';
import { awaitCondition } from '../stack/processes/await-condition.ts';
import type { AuditEvent } from '../stack/control-plane/audit-log.ts';
import { replicaSet } from '../stack/cluster-fixtures/workloads.ts';
import type { Stack } from '../stack/stack.ts';
import { startStack } from '../stack/start-stack.ts';

/*
 * A drain of 110 pods, termination 5 s, no limiting budget: kubectl drain and this tool, one after the other on the same stack.
 * Prints wall times and the requests that the API server's audit log counts by user agent. A measurement, not a test.
 */

const POD_COUNT = 110;
const TERMINATION_MILLISECONDS = 5000;
const NAMESPACE = 'bench';
const REPOSITORY = fileURLToPath(new URL('..', import.meta.url));

interface Measurement {
  readonly tool: string;
  /** From the command to its end. */
  readonly wholeSeconds: number;
  /** From the first eviction to the last pod gone. */
  readonly drainSeconds: number;
  readonly requests: number;
  readonly evictionRequests: number;
}

const main = async (): Promise<void> => {
  const stack = await startStack({
    temporal: { headless: true },
    kwok: { podReadyMilliseconds: 1000, podTerminateMilliseconds: TERMINATION_MILLISECONDS },
    onProgress: (line) => process.stderr.write(`${line}\n`),
  });
  try {
    await stack.createNamespace(NAMESPACE);
    const client = await startWorker(stack);
    await fillNode(stack, 'kubectl');
    await fillNode(stack, 'ours');
    await stack.createNodes(['room-1', 'room-2', 'room-3'].map((name) => ({ name, labels: { bench: 'room' } })));
    process.stderr.write(`two nodes with ${POD_COUNT} Ready pods each\n`);
    printMeasurements([await measureKubectl(stack), await measureOurs(stack, client)]);
    await client.connection.close();
  } finally {
    await stack.stop();
  }
};

/** Its pods may run on this node and on the room nodes, which do not exist yet: so all of them start here. */
const fillNode = async (stack: Stack, name: string): Promise<void> => {
  await stack.createNodes([{ name, labels: { bench: name } }]);
  const fixture = replicaSet({ namespace: NAMESPACE, name, replicas: POD_COUNT });
  const spec = fixture.spec as { template: { spec: Record<string, unknown> } };
  const terms = [{ matchExpressions: [{ key: 'bench', operator: 'In', values: [name, 'room'] }] }];
  spec.template.spec['affinity'] = {
    nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } },
  };
  await stack.apply([fixture]);
  await stack.awaitPodsReady(NAMESPACE, `app=${name}`, POD_COUNT);
};

const startWorker = async (stack: Stack): Promise<Client> => {
  await stack.apply(readFileSync(join(REPOSITORY, 'deploy/rbac.yaml'), 'utf8'));
  const kubeconfig = await stack.serviceAccountKubeconfig('node-decommission', 'node-decommission');
  const configuration = join(stack.directory, 'bench.json');
  writeFileSync(
    configuration,
    JSON.stringify({ clusters: { default: { kubeconfig } }, waits: { staysGoneSeconds: 1 } }),
  );
  const worker = stack.startProgram({
    name: 'worker',
    command: process.execPath,
    arguments: [join(REPOSITORY, 'src/bin.ts'), 'worker'],
    environment: {
      PATH: process.env['PATH'] ?? '',
      HOME: stack.directory,
      NODE_DECOMMISSION_CONFIG: configuration,
      TEMPORAL_ADDRESS: stack.temporal.address,
    },
  });
  await awaitCondition('the worker serves its task queue', () => {
    worker.checkRunning();
    return readFileSync(worker.logPath, 'utf8').includes('worker started');
  });
  return new Client({ connection: await Connection.connect({ address: stack.temporal.address }) });
};

const measureKubectl = async (stack: Stack): Promise<Measurement> => {
  const mark = stack.markAudit();
  const startedAt = Date.now();
  const lastGone = observeLastGone(stack, 'kubectl');
  const { exitCode, stderr } = await stack.kubectl(['drain', 'kubectl', '--ignore-daemonsets', '--timeout=300s']);
  if (exitCode !== 0) throw new Error(`kubectl drain failed: ${stderr}`);
  const wholeSeconds = (Date.now() - startedAt) / 1000;
  const goneAt = await lastGone;
  const events = stack.auditEvents(mark).filter(({ userAgent }) => userAgent?.startsWith('kubectl/'));
  return toMeasurement('kubectl drain', wholeSeconds, events, goneAt);
};

const measureOurs = async (stack: Stack, client: Client): Promise<Measurement> => {
  const mark = stack.markAudit();
  const startedAt = Date.now();
  const lastGone = observeLastGone(stack, 'ours');
  const request = {
    ...{ nodeNames: ['ours'], hostCleanup: 'skip', deleteNode: false, maxUnavailable: '100%' },
    waitForReplacements: false,
  };
  const run = await client.workflow.start('decommissionNodes', {
    taskQueue: TASK_QUEUE,
    workflowId: 'bench',
    args: [request],
  });
  const report = (await run.result()) as DecommissionReport;
  if (report.outcome !== 'Decommissioned') throw new Error(report.message);
  const wholeSeconds = (Date.now() - startedAt) / 1000;
  const goneAt = await lastGone;
  const events = stack.auditEvents(mark).filter(({ userAgent }) => userAgent?.startsWith('node-decommission/'));
  return toMeasurement('node-decommission', wholeSeconds, events, goneAt);
};

/** When the last of the node's pods was gone, in milliseconds since the epoch; polls ten times a second as the administrator. */
const observeLastGone = async (stack: Stack, nodeName: string): Promise<number> => {
  await awaitCondition(
    `node ${nodeName} is empty`,
    async () => (await stack.api.list(`/api/v1/pods?fieldSelector=spec.nodeName%3D${nodeName}`)).length === 0,
    { timeoutMilliseconds: 300_000, intervalMilliseconds: 100 },
  );
  return Date.now();
};

const toMeasurement = (
  tool: string,
  wholeSeconds: number,
  events: readonly AuditEvent[],
  goneAt: number,
): Measurement => {
  const requests = events.filter(({ verb, stage }) => verb !== 'watch' || stage === 'ResponseStarted');
  const evictions = requests.filter(({ objectRef }) => objectRef?.subresource === 'eviction');
  const firstAt = Math.min(...evictions.map(({ requestReceivedTimestamp }) => Date.parse(requestReceivedTimestamp)));
  return {
    tool,
    wholeSeconds,
    drainSeconds: (goneAt - firstAt) / 1000,
    requests: requests.length,
    evictionRequests: evictions.length,
  };
};

const printMeasurements = (measurements: readonly Measurement[]): void => {
  const table = new Table({
    head: ['tool', 'first eviction to last pod gone', 'whole command', 'API requests', 'of these evictions'],
  });
  for (const { tool, drainSeconds, wholeSeconds, requests, evictionRequests } of measurements) {
    table.push([tool, `${drainSeconds.toFixed(1)} s`, `${wholeSeconds.toFixed(1)} s`, requests, evictionRequests]);
  }
  process.stdout.write(
    `${POD_COUNT} pods, termination ${TERMINATION_MILLISECONDS / 1000} s, no limiting budget\n${table.toString()}\n`,
  );
  process.stdout.write(
    'node-decommission: the whole command includes preflight, budgets, cordon, 5 s to settle and 5 s between the two checks for an empty node.\n',
  );
};

await main();
