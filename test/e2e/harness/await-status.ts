import { createDecommissionClient } from '../../../src/client/decommission-client.ts';
import { DecommissionError } from '../../../src/client/decommission-error.ts';
import type { JoinedStatus } from '../../../src/client/join-status.ts';
import { formatStatus } from '../../../src/cli/format/format-status.ts';
import { awaitCondition } from '../../../stack/processes/await-condition.ts';
import type { Harness, Run } from './harness.ts';

const INTERVAL_MILLISECONDS = 300;

type Started = Pick<Run, 'workflowId'>;

/** What `status` reads, here in this process: the command takes most of a second of a processor. Undefined: it cannot be read yet. */
export const readStatus = async ({ client }: Harness, { workflowId }: Started): Promise<JoinedStatus | undefined> => {
  const decommissions = await createDecommissionClient({ client });
  try {
    return await (await decommissions.attach(workflowId)).status();
  } catch (error) {
    if (error instanceof DecommissionError) return undefined;
    throw error;
  }
};

/** Waits until the status of the run is as wanted. */
export const awaitStatus = async (
  harness: Harness,
  run: Started,
  what: string,
  isWanted: (status: JoinedStatus) => boolean,
): Promise<JoinedStatus> =>
  await awaitCondition(
    what,
    async () => {
      const status = await readStatus(harness, run);
      return status !== undefined && isWanted(status) ? status : undefined;
    },
    { intervalMilliseconds: INTERVAL_MILLISECONDS },
  );

/** Waits until `status` would print the text for the run. */
export const awaitStatusText = async (harness: Harness, run: Started, text: string): Promise<void> => {
  await awaitStatus(harness, run, `status shows "${text}"`, (status) =>
    formatStatus(status, { now: new Date().toISOString() }).includes(text),
  );
};
