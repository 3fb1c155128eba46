import { WorkflowNotFoundError } from '@temporalio/client';
import type { DecommissionClient } from '../../client/decommission-client.ts';
import type { ListedDecommission } from '../../client/list-decommissions.ts';
import { CliFailure } from '../cli-failure.ts';
import { toDecommissionName, toEnumeration } from '../format/decommission-name.ts';

/** More than a state directory ever has at a time; each of them matters here. */
const LIMIT = 10_000;

/**
 * The decommissions of a server that are open, without those that are children of others: a worker that is started goes on with every
 * one of them. The list lags behind, so each is looked at itself. Throws the SDK's errors.
 */
export const readOpenDecommissions = async (
  client: Pick<DecommissionClient, 'list' | 'client'>,
): Promise<readonly ListedDecommission[]> => {
  const running = await client.list({ state: 'running', limit: LIMIT });
  const looks = running.map(async (item) => ((await isOpen(client, item.workflowId)) ? [item] : []));
  return (await Promise.all(looks)).flat();
};

const isOpen = async ({ client }: Pick<DecommissionClient, 'client'>, workflowId: string): Promise<boolean> => {
  try {
    return (await client.workflow.getHandle(workflowId).describe()).status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
};

/** A dry run changes nothing, whoever works on it. */
const toOthers = (open: readonly ListedDecommission[], ownWorkflowId: string): readonly ListedDecommission[] =>
  open.filter(({ workflowId, dryRun }) => workflowId !== ownWorkflowId && !dryRun);

export interface RefusalPlace {
  /** The state directory. */
  readonly statePath: string;
  readonly programName: string;
}

/**
 * Throws a failure of exit status 2 when a worker for `ownWorkflowId` would go on with other open decommissions as well: nobody asked
 * for that, nobody would see it, and it would stop half way. Names them and the ways out.
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
    `nothing was started: ${names} ${are} suspended in ${statePath}, and the worker of this \`run\` would go on with ${them}, too. ` +
      `Ways out: ${ways.join('; or ')}.`,
    2,
  );
};

/** With two of them open, neither can be gone on with first: each would be refused for the other. */
const toWaysOfNew = (cancel: string, count: number): readonly string[] => [
  ...(count === 1 ? ['go on with it first (`run` its nodes as they were run before)'] : []),
  cancel,
  'give this `run` a directory of its own with NODE_DECOMMISSION_STATE',
];

/** What is suspended here cannot be gone on with in another directory. */
const toWaysOfSuspended = (cancel: string, count: number, cancelOwn: string): readonly string[] => [
  `${cancel} and run this again`,
  ...(count === 1 ? [`cancel this one (${cancelOwn}) and go on with the other`] : []),
];

/** One line about what a worker that undoes `ownWorkflowId` goes on with besides; undefined when there is nothing. Pure. */
export const toServedNote = (open: readonly ListedDecommission[], ownWorkflowId: string): string | undefined => {
  const others = toOthers(open, ownWorkflowId);
  if (others.length === 0) return undefined;
  const names = toEnumeration(others.map(toDecommissionName));
  const whose = others.length === 1 ? 'its' : 'their';
  return `The worker of this command also goes on with ${names}, suspended here: it evicts nothing, but takes ${whose} other steps until this command ends.`;
};
