import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBuiltPackage } from '../../stack/package/built-package.ts';
import { awaitCondition } from '../../stack/processes/await-condition.ts';
import type { ManagedProcess } from '../../stack/processes/managed-process.ts';
import type { Stack } from '../../stack/stack.ts';
import { startStack } from '../../stack/start-stack.ts';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

/** With four at once, KWOK's default, the simulated kubelet ends 110 pods one after another, and both tools wait for it. */
const PODS_AT_ONCE = 64;

/** The stack with Temporal and one worker of the built package, with the default configuration. */
export interface BenchStack {
  readonly stack: Stack;
  readonly worker: ManagedProcess;
  /** The command-line program. */
  readonly entryPath: string;
  /** Of the worker and of commands. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Starts it. The caller stops `stack`.
 * @throws Error when a program does not start; nothing is left running.
 */
export const startBenchStack = async (onProgress: (line: string) => void): Promise<BenchStack> => {
  const { entryPath } = await ensureBuiltPackage();
  const stack = await startStack({ temporal: { headless: true }, kwok: { podsAtOnce: PODS_AT_ONCE }, onProgress });
  try {
    await stack.apply(readFileSync(join(REPOSITORY, 'deploy/rbac.yaml'), 'utf8'));
    const environment = await toBenchEnvironment(stack);
    const worker = await startBenchWorker(stack, entryPath, environment);
    return { stack, worker, entryPath, environment };
  } catch (error) {
    await stack.stop();
    throw error;
  }
};

/**
 * `nodeArguments`: of Node.js, before the program.
 * @throws Error with the end of its log: the worker exited.
 */
export const startBenchWorker = async (
  stack: Stack,
  entryPath: string,
  environment: Readonly<Record<string, string>>,
  nodeArguments: readonly string[] = [],
): Promise<ManagedProcess> => {
  const worker = stack.startProgram({
    name: 'worker',
    command: process.execPath,
    arguments: [...nodeArguments, entryPath, 'worker'],
    environment: { ...environment, ...readMemoryLimits() },
  });
  await awaitCondition('the worker serves its task queue', () => {
    worker.checkRunning();
    return readFileSync(worker.logPath, 'utf8').includes('worker started');
  });
  return worker;
};

/** Those of the worker's image, as in `docs/runbook.md`. */
const readMemoryLimits = (): Readonly<Record<string, string>> => {
  const [line = ''] = /^ENV NODE_OPTIONS=.*$/m.exec(readFileSync(join(REPOSITORY, 'Dockerfile'), 'utf8')) ?? [];
  const limits = [...line.matchAll(/([A-Z_]+)=(?:"([^"]*)"|(\S+))/g)];
  if (limits.length === 0) throw new Error('The Dockerfile has no memory limits for the worker.');
  return Object.fromEntries(limits.map(([, name = '', quoted, plain = '']) => [name, quoted ?? plain]));
};

/** Of the worker and of commands. Writes the configuration, and creates the account. */
export const toBenchEnvironment = async (stack: Stack): Promise<Readonly<Record<string, string>>> => {
  const kubeconfig = await stack.serviceAccountKubeconfig('node-decommission', 'node-decommission');
  const configuration = join(stack.directory, 'bench.json');
  writeFileSync(configuration, JSON.stringify({ clusters: { default: { kubeconfig } } }));
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: stack.directory,
    NODE_DECOMMISSION_CONFIG: configuration,
    TEMPORAL_ADDRESS: stack.temporal.address,
  };
};
