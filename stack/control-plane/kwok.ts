import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { toStages } from './pod-lifecycle.ts';
import type { PodTiming } from './pod-lifecycle.ts';
import { startProcess } from '../processes/managed-process.ts';
import type { ManagedProcess } from '../processes/managed-process.ts';
import type { ProgramPaths } from '../programs/programs.ts';
import type { RunDirectory } from '../processes/run-directory.ts';

/** Nodes with this annotation and value are simulated; KWOK ignores all others. */
export const SIMULATED_NODE_ANNOTATION = { 'kwok.x-k8s.io/node': 'fake' } as const;

/** Starts KWOK as the kubelet of all simulated nodes. Node objects keep the status with which they are created. */
export const startKwok = (
  run: RunDirectory,
  programs: ProgramPaths,
  kubeconfigPath: string,
  timing: PodTiming,
): ManagedProcess => {
  const configPath = join(run.path, 'kwok.yaml');
  writeFileSync(
    configPath,
    [...toConfiguration(timing), ...toStages(timing)].map((stage) => JSON.stringify(stage)).join('\n---\n'),
  );
  const [[annotation, value] = []] = Object.entries(SIMULATED_NODE_ANNOTATION);
  return startProcess(run, {
    name: 'kwok',
    command: programs.kwok,
    // KWOK keeps its working directory in the home directory.
    environment: { HOME: run.path },
    arguments: [
      `--kubeconfig=${kubeconfigPath}`,
      `--config=${configPath}`,
      '--manage-all-nodes=false',
      `--manage-nodes-with-annotation-selector=${annotation}=${value}`,
      '--cidr=10.64.0.1/12',
      '--node-ip=127.0.0.1',
      // Its own server has a fixed port by default, which two runs would share; the server is not used.
      '--node-port=0',
      '--node-lease-duration-seconds=0',
    ],
  });
};

const KWOK_DEFAULTS = { nodePlayStageParallelism: 4, nodeLeaseParallelism: 4, podsOnNodeSyncParallelism: 4 };

const toConfiguration = ({ podsAtOnce }: PodTiming): object[] =>
  podsAtOnce === undefined
    ? []
    : [
        {
          apiVersion: 'config.kwok.x-k8s.io/v1alpha1',
          kind: 'KwokConfiguration',
          // A given configuration gets no defaults for these.
          options: { ...KWOK_DEFAULTS, podPlayStageParallelism: podsAtOnce },
        },
      ];
