import type { DecommissionClient } from '../../client/decommission-client.ts';
import { scheduleJanitor, unscheduleJanitor } from '../../client/janitor-schedule.ts';
import type { ExitStatus } from '../cli-failure.ts';
import type { Output } from '../output.ts';

/**
 * Searches the cluster at these times from now on: a Temporal Schedule, which workers serve.
 * @throws InvalidRequestError: the server refuses the cron expression.
 */
export const scheduleSearch = async (
  { client }: Pick<DecommissionClient, 'client'>,
  cluster: string,
  cron: string,
  output: Output,
): Promise<ExitStatus> => {
  const schedule = await scheduleJanitor(client, cluster, cron);
  output.result({ version: 1, cluster, ...schedule }, () =>
    [
      `Scheduled: workers search cluster ${cluster} at "${cron}" (UTC unless it names a zone), and change nothing.`,
      `A search that finds something fails. To list those: temporal workflow list --query "WorkflowType = 'janitor' AND ExecutionStatus = 'Failed'"`,
    ].join('\n'),
  );
  return 0;
};

/** Ends the schedule of the cluster. */
export const unscheduleSearch = async (
  { client }: Pick<DecommissionClient, 'client'>,
  cluster: string,
  output: Output,
): Promise<ExitStatus> => {
  const unscheduled = await unscheduleJanitor(client, cluster);
  output.result({ version: 1, cluster, unscheduled }, () =>
    unscheduled ? `Cluster ${cluster} is no longer searched by schedule.` : `Cluster ${cluster} has no schedule.`,
  );
  return 0;
};
