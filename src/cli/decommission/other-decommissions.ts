import { WorkflowNotFoundError } from '@temporalio/client';
import type { DecommissionClient } from '../../client/decommission-client.ts';
import type { ListedDecommission } from '../../client/list-decommissions.ts';
import { CliFailure } from '../cli-failure.ts';
import { toDecommissionName, toEnumeration } from '../format/decommission-name.ts';

/** More than a state directory ever has at a time: all of them must be found. */
const LIMIT = 10_000;

/**
 * The open decommissions of a server, without child workflows: a worker that starts continues all of them. The list lags behind, so
 * each one is described too.
 * @throws ServiceError: a call to the server fails.
 */
export const readOpenDecommissions = async (
  client: Pick<DecommissionClient, 'list' | 'client'>,
): Promise<readonly ListedDecommission[]> => {
  const running = await client.list({ state: 'running', limit: LIMIT });
  const checks = running.map(async (item) => ((await isOpen(client, item.workflowId)) ? [item] : []));
  return (await Promise.all(checks)).flat();
};

/** False also when the server does not have the workflow. */
export const isOpen = async ({ client }: Pick<DecommissionClient, 'client'>, workflowId: string): Promise<boolean> => {
  try {
    return (await client.workflow.getHandle(workflowId).describe()).status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
};

/** Leaves out dry runs: they change nothing, whichever worker runs them. */
const toOthers = (open: readonly ListedDecommission[], ownWorkflowId: string): readonly ListedDecommission[] =>
  open.filter(({ workflowId, dryRun }) => workflowId !== ownWorkflowId && !dryRun);

export interface RefusalPlace {
  /** The state directory. */
  readonly statePath: string;
  readonly programName: string;
}

/**
 * Refuses to start a worker for `ownWorkflowId` that would continue other open decommissions as well: no one asked for that, their
 * progress would not be shown, and they would stop half way. The message lists them and what to do.
 * @throws CliFailure `OthersSuspended`, exit status 2.
 */
export const refuseBesideOthers = (
  open: readonly ListedDecommission[],
  ownWorkflowId: string,
  { statePath, programName }: RefusalPlace,
): void => {
  const others = toOthers(open, ownWorkflowId);
  if (others.length === 0) return;
  const isOwnOpen = open.some(({ workflowId }) => workflowId === ownWorkflowId);
  const [are, them] = others.length === 1 ? ['is', 'it'] : ['are', 'them'];
  const names = toEnumeration(others.map(toDecommissionName));
  const toCommand = (workflowId: string): string => `\`${programName} cancel ${workflowId}\``;
  const cancel = `cancel ${them} (${others.map(({ workflowId }) => toCommand(workflowId)).join(', ')})`;
  const ways = isOwnOpen
    ? toWaysOfSuspended(cancel, others.length, toCommand(ownWorkflowId))
    : toWaysOfNew(cancel, others.length);
  throw new CliFailure(
    'OthersSuspended',
    `nothing was started: ${names} ${are} suspended in ${statePath}, and the worker of this \`run\` would continue ${them} too. ` +
      `To proceed, ${ways.join('; or ')}.`,
    2,
  );
};

/** With two of them open, neither can be continued first: each would be refused because of the other. */
const toWaysOfNew = (cancel: string, count: number): readonly string[] => [
  ...(count === 1 ? ['finish it first (repeat its `run` command)'] : []),
  cancel,
  'use a separate state directory for this `run` (set NODE_DECOMMISSION_STATE)',
];

/** A decommission that is suspended here cannot be continued in another directory. */
const toWaysOfSuspended = (cancel: string, count: number, cancelOwn: string): readonly string[] => [
  `${cancel} and run this again`,
  ...(count === 1 ? [`cancel this one (${cancelOwn}) and continue the other`] : []),
];

/** A note that lists what else a worker that undoes `ownWorkflowId` continues; undefined when there is nothing. Pure. */
export const toServedNote = (open: readonly ListedDecommission[], ownWorkflowId: string): string | undefined => {
  const others = toOthers(open, ownWorkflowId);
  if (others.length === 0) return undefined;
  const names = toEnumeration(others.map(toDecommissionName));
  const [are, whose] = others.length === 1 ? ['is', 'its'] : ['are', 'their'];
  return `The worker of this command also continues ${names}, which ${are} suspended here: it evicts no pods, but runs ${whose} other steps until this command ends.`;
};
