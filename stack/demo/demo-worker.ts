import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { awaitCondition } from '../processes/await-condition.ts';
import type { Stack } from '../stack.ts';
import { ENTRY } from './terminal.ts';

const RBAC = fileURLToPath(new URL('../../deploy/rbac.yaml', import.meta.url));

/**
 * Starts a worker with exactly the rights of `deploy/rbac.yaml` and waits until it polls its task queue.
 * @param settings of its configuration file, in addition to the cluster
 * @returns the environment of a command line that uses this worker's Temporal
 */
export const startDemoWorker = async (
  stack: Stack,
  settings: Readonly<Record<string, unknown>>,
): Promise<NodeJS.ProcessEnv> => {
  await stack.apply(readFileSync(RBAC, 'utf8'));
  const kubeconfig = await stack.serviceAccountKubeconfig('node-decommission', 'node-decommission');
  const configurationPath = join(stack.directory, 'node-decommission.json');
  writeFileSync(configurationPath, JSON.stringify({ clusters: { default: { kubeconfig } }, ...settings }));
  const environment = {
    ...process.env,
    NODE_DECOMMISSION_CONFIG: configurationPath,
    TEMPORAL_ADDRESS: stack.temporal.address,
    TEMPORAL_NAMESPACE: stack.temporal.namespace,
    NODE_DECOMMISSION_TEMPORAL_UI: stack.temporal.uiAddress ?? '',
  };
  const worker = stack.startProgram({
    name: 'worker',
    command: process.execPath,
    arguments: [ENTRY, 'worker'],
    environment,
  });
  // It bundles the workflows first, which takes long on a busy machine.
  await awaitCondition('the worker serves its task queue', () => {
    worker.checkRunning();
    return readFileSync(worker.logPath, 'utf8').includes('worker started');
  });
  return environment;
};
