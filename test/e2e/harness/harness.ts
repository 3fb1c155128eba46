import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { registerSearchAttributes } from '../../../src/client/search-attributes.ts';
import { TASK_QUEUE } from '../../../src/domain/run/workflow-ids.ts';
import type { WaitSettings } from '../../../src/domain/run/wait-settings.ts';
import { awaitCondition } from '../../../stack/processes/await-condition.ts';
import type { ManagedProcess } from '../../../stack/processes/managed-process.ts';
import type { Stack } from '../../../stack/stack.ts';
import { startStack } from '../../../stack/start-stack.ts';
import type { Authorization } from '../../../stack/temporal/postgresql/temporal-on-postgresql.ts';
import { ensureBuiltPackage } from '../../../stack/package/built-package.ts';
import { queryPatiently } from './query-patiently.ts';

const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url));
const { entryPath: ENTRY } = await ensureBuiltPackage();
/** Beside the package: hundreds of processes compile the same modules. */
const COMPILE_CACHE = join(dirname(ENTRY), '../compile-cache');

const A_DAY = msToTs('1 day');

/** Short enough for tests; one test uses the defaults. */
export const SHORT_WAITS: WaitSettings = {
  settleSeconds: 0.5,
  emptyTwiceSeconds: 0.5,
  staysGoneSeconds: 1,
  detachSeconds: 60,
  budgetObservedSeconds: 20,
};

/** A stack with Temporal, a client, and workers in separate processes with exactly the rights of deploy/rbac.yaml. */
export interface Harness {
  readonly stack: Stack;
  readonly client: Client;
  /** Environment of the CLI and of workers: the ServiceAccount's kubeconfig, this Temporal, short waits. */
  readonly environment: Readonly<Record<string, string>>;
  /** Starts a worker process and waits until it polls the task queue. */
  startWorker(environment?: Readonly<Record<string, string>>): Promise<ManagedProcess>;
  /** Runs the CLI until it exits. */
  runCli(commandArguments: readonly string[], options?: CliOptions): Promise<CliResult>;
  /** Starts a workflow as the Temporal UI does: one JSON argument. A request that omits `waitForReplacements` does not wait for them. */
  start(request: unknown, options?: StartOptions): Promise<Run>;
  stop(): Promise<void>;
}

export interface HarnessOptions {
  /**
   * With a separate control plane and Temporal, for a suite that stops them; default false: those of the process, empty, with a separate
   * Temporal namespace.
   */
  readonly own?: boolean;
  /** With the network that `stack.createRealNodes` needs and the connection settings of their hosts; default false. */
  readonly realNodes?: boolean;
  /** Of all tasks together; default: no limit. */
  readonly maxConcurrentNodes?: number;
  /** Default: short ones. Absent ones have the default of the configuration. */
  readonly waits?: Partial<WaitSettings>;
  /** Temporal on PostgreSQL as in docker-compose.yml, with a separate control plane; default false: the dev server. */
  readonly onPostgresql?: boolean;
  /** With `onPostgresql`: only clients with a token have access, this harness's own client with that of the administrator. */
  readonly authorization?: Authorization;
  /** Whether the separate Temporal namespace has the search attributes of runs; default true. */
  readonly searchAttributes?: boolean;
}

export interface CliOptions {
  /** Written to its standard input. */
  readonly input?: string;
  /** Overrides the harness's environment. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface CliResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface StartOptions {
  readonly workflowType?: string;
  readonly workflowId?: string;
}

/** A started workflow. */
export type Run = Awaited<ReturnType<Client['workflow']['start']>>;

let counter = 0;

export const startHarness = async (options: HarnessOptions = {}): Promise<Harness> => {
  const { realNodes = false } = options;
  const opened = await openStack(options);
  const { adminToken } = options.authorization ?? {};
  const connection = await Connection.connect({
    address: opened.temporal.address,
    ...(adminToken === undefined ? {} : { metadata: { authorization: `Bearer ${adminToken}` } }),
  }).catch(async (error: unknown) => {
    await opened.stop();
    throw error;
  });
  try {
    const stack = isOwn(options) ? opened : await withTemporalNamespace(opened, connection, options);
    const kubeconfig = await stack.serviceAccountKubeconfig('node-decommission', 'node-decommission');
    const configurationPath = join(stack.directory, 'node-decommission.yaml');
    writeFileSync(
      configurationPath,
      JSON.stringify({
        clusters: toClusters(kubeconfig, options),
        waits: options.waits ?? SHORT_WAITS,
        ...(realNodes ? { hosts: toHosts(stack) } : {}),
      }),
    );
    const { address, namespace } = stack.temporal;
    const environment = {
      PATH: process.env['PATH'] ?? '',
      HOME: stack.directory,
      NODE_COMPILE_CACHE: COMPILE_CACHE,
      NODE_DECOMMISSION_CONFIG: configurationPath,
      NODE_DECOMMISSION_STATE: join(stack.directory, 'state'),
      TEMPORAL_ADDRESS: address,
      TEMPORAL_NAMESPACE: namespace,
    };
    const client = new Client({ connection, namespace, interceptors: { workflow: [{ query: queryPatiently }] } });
    return {
      stack,
      client,
      environment,
      startWorker: async (extra = {}) => await startWorker(stack, { ...environment, ...extra }),
      runCli: async (commandArguments, { input, environment: extra = {} } = {}) =>
        await runCli(stack, { ...environment, ...extra }, commandArguments, input),
      start: async (request, { workflowType = 'decommissionNodes', workflowId } = {}) =>
        await client.workflow.start(workflowType, {
          taskQueue: TASK_QUEUE,
          workflowId: workflowId ?? `test/${stack.runId}/${(counter += 1)}`,
          args: [withoutReplacements(request)],
        }),
      stop: async () => {
        await connection.close();
        await stack.stop();
      },
    };
  } catch (error) {
    await connection.close();
    await opened.stop();
    throw error;
  }
};

const toClusters = (kubeconfig: string, { maxConcurrentNodes }: HarnessOptions): object => ({
  default: { kubeconfig, ...(maxConcurrentNodes === undefined ? {} : { maxConcurrentNodes }) },
});

/** Few suites are about it, and in many scenes a replacement never becomes Ready. */
const withoutReplacements = (request: unknown): unknown => {
  const isRequest = typeof request === 'object' && request !== null && 'nodeNames' in request;
  return isRequest ? { waitForReplacements: false, ...request } : request;
};

const isOwn = ({ own = false, onPostgresql = false }: HarnessOptions): boolean => own || onPostgresql;

/** A stack with the rights of deploy/rbac.yaml and Temporal. */
const openStack = async (options: HarnessOptions): Promise<Stack> => {
  const { realNodes = false, onPostgresql = false, authorization } = options;
  if (!isOwn(options)) return await borrowStack({ realNodes });
  const stack = await startStack({
    realNodes,
    temporal: onPostgresql
      ? { database: 'postgresql', ...(authorization === undefined ? {} : { authorization, headless: true }) }
      : { headless: true },
  });
  await stack.apply(readFileSync(join(REPOSITORY, 'deploy/rbac.yaml'), 'utf8'));
  return stack;
};

/** It has no workflows and no workers of other suites. */
const withTemporalNamespace = async (
  stack: Stack,
  connection: Connection,
  { searchAttributes = true }: HarnessOptions,
): Promise<Stack> => {
  const namespace = basename(stack.directory);
  await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: A_DAY });
  if (searchAttributes) await registerSearchAttributes(new Client({ connection, namespace }));
  return { ...stack, temporal: { ...stack.temporal, namespace } };
};

/** The connection settings of all real nodes of the run; tests write the known keys. */
const toHosts = (stack: Stack): object => ({
  defaults: {
    user: 'ops',
    sudo: true,
    identityFile: stack.loginKeyPath,
    knownHosts: [toKnownHostsPath(stack)],
  },
});

export const toKnownHostsPath = (stack: Stack): string => join(stack.directory, 'known_hosts');

let workerCounter = 0;

const startWorker = async (stack: Stack, environment: Readonly<Record<string, string>>): Promise<ManagedProcess> => {
  const worker = stack.startProgram({
    name: `worker-${(workerCounter += 1)}`,
    command: process.execPath,
    arguments: [ENTRY, 'worker'],
    environment,
  });
  await awaitCondition('the worker polls the task queue', () => {
    worker.checkRunning();
    return readFileSync(worker.logPath, 'utf8').includes('worker started');
  });
  return worker;
};

const runCli = async (
  stack: Stack,
  environment: Readonly<Record<string, string>>,
  commandArguments: readonly string[],
  input?: string,
): Promise<CliResult> =>
  await new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [ENTRY, ...commandArguments], { cwd: stack.directory, env: environment });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ exitCode: code ?? -1, stdout, stderr });
    });
    // The CLI may exit without reading its input; its exit code shows whether it failed.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input ?? '');
  });
