import type { Configuration } from '../../config/configuration.ts';
import { findHookProblems, type MachineHookSettings } from '../../config/machine-hook-settings.ts';
import type { DoctorCheck } from './doctor-check.ts';

/** Whether the hook that ends machines can be called from here; nothing when none is configured. It is not called. */
export const diagnoseMachineHook = (configuration: Configuration | undefined): readonly DoctorCheck[] => {
  if (configuration?.machineHook === undefined) return [];
  const { machineHook, clusters } = configuration;
  const name = 'hook `endMachine`';
  const problems = findHookProblems(machineHook, Object.keys(clusters));
  if (problems.length === 0) return [{ name, ok: true, message: describeHook(machineHook) }];
  return [
    {
      name,
      ok: false,
      message: problems.join(' '),
      remedy: 'Correct the file or the environment: a worker does not start with it.',
    },
  ];
};

const describeHook = ({ call, timeoutSeconds, clusters }: MachineHookSettings): string => {
  const what = call.kind === 'url' ? `${call.method} ${new URL(call.url).origin}` : call.program;
  const variables = call.kind === 'url' ? call.headers.map(({ variable }) => variable) : [];
  const set = variables.length === 0 ? '' : `, ${variables.join(', ')} set`;
  const where = clusters === undefined ? 'all clusters' : `clusters ${clusters.join(', ')}`;
  return `${what}${set}, for ${where}, at most ${timeoutSeconds} s; not called`;
};
