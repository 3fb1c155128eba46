import { runCommand } from '../processes/run-command.ts';
import type { CommandResult } from '../processes/run-command.ts';

export type { CommandResult } from '../processes/run-command.ts';

export interface KubectlOptions {
  /** Written to its standard input. */
  readonly input?: string;
  /** Default: the administrator's. */
  readonly kubeconfigPath?: string;
}

/**
 * Runs kubectl until it exits, with a separate home directory: the user's settings and caches are not used.
 * An exit code other than 0 is a result, not an error.
 */
export const runKubectl = (
  kubectlPath: string,
  homeDirectory: string,
  kubeconfigPath: string,
  commandArguments: readonly string[],
  input = '',
): Promise<CommandResult> => {
  const environment = { HOME: homeDirectory, KUBECONFIG: kubeconfigPath };
  return runCommand(kubectlPath, commandArguments, { environment, input });
};
