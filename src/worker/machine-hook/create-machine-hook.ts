import { ConfigurationError } from '../../config/configuration-error.ts';
import { findHookProblems, type MachineHookSettings } from '../../config/machine-hook-settings.ts';
import type { MachineHook } from '../../ports/machine-hook.ts';
import { callUrl } from './call-url.ts';
import { runCommand } from './run-command.ts';

/**
 * The hook of the configuration. Calls nothing yet.
 *
 * @throws ConfigurationError a variable is not set, or the command cannot be executed: a run would find that out past its point of no return.
 */
export const createMachineHook = (settings: MachineHookSettings, clusters: readonly string[]): MachineHook => {
  const problems = findHookProblems(settings, clusters);
  if (problems.length > 0) throw new ConfigurationError('`endMachine`', problems);
  const { call, timeoutSeconds, clusters: served } = settings;
  return {
    serves: (cluster) => served?.includes(cluster) ?? true,
    call: async (input, signal) =>
      call.kind === 'url'
        ? await callUrl(call, timeoutSeconds, input, signal)
        : await runCommand(call, timeoutSeconds, input, signal),
  };
};
