import type { RunDrainCommand } from './drain-command.ts';
import { runObserved } from './process-usage.ts';

/** The flags that give consent, as `toDrainRequest` does. */
export const KUBECTL_FLAGS = ['--ignore-daemonsets', '--delete-emptydir-data', '--force'] as const;

/** `kubectl drain`, as the administrator. */
export const measureKubectl: RunDrainCommand = async ({ stack }, { nodeName }, timeoutMilliseconds) => {
  const { exitCode, stderr, startedAt, endedAt, use } = await runObserved({
    name: 'kubectl',
    command: stack.programs.kubectl,
    arguments: ['drain', nodeName, ...KUBECTL_FLAGS],
    environment: { HOME: stack.directory, KUBECONFIG: stack.adminKubeconfigPath },
    timeoutMilliseconds,
  });
  if (exitCode === null) throw new Error(`kubectl drain did not end in ${timeoutMilliseconds / 1000} s.`);
  if (exitCode !== 0) throw new Error(`kubectl drain ended with exit code ${exitCode}: ${stderr.slice(-500)}`);
  return { startedAt, endedAt, processes: [use] };
};
