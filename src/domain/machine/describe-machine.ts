import type { Machine } from './machine.ts';

/** E.g. `Amazon EKS, pool workers`; the `providerID` of a machine that is not recognised. Pure. */
export const toMachineText = ({ providerID, provider, pool }: Machine): string =>
  provider === undefined ? providerID : `${provider}${pool === undefined ? '' : `, pool ${pool}`}`;

/**
 * For the step `endMachine` of a node whose machine nothing has ended, without a full stop. `why`: the reason; `machine`: absent for a Node
 * without a `providerID`, of which it is unknown what it runs on. Pure.
 */
export const describeRunningMachine = (why: string, machine: Machine | undefined): string => {
  if (machine === undefined) return why;
  const how = machine.command === undefined ? "use the provider's own command" : `run \`${machine.command}\``;
  return `${why}, so the machine (${toMachineText(machine)}) still runs; to end it, ${how}`;
};

/**
 * For the message of a task, with a full stop; undefined: no machine is known to run. `runningCount`: machines of deleted nodes that nothing
 * has ended. Pure.
 */
export const describeRunningMachines = (runningCount: number, nodeCount: number): string | undefined => {
  if (runningCount === 0) return undefined;
  const [machines, steps] =
    nodeCount === 1 ? ['The machine still runs', 'step'] : [`${runningCount} of the machines still run`, 'steps'];
  return `${machines}: see ${steps} endMachine of the report.`;
};
