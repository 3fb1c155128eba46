import { awaitCondition } from '../../../stack/processes/await-condition.ts';
import type { Harness, Run } from './harness.ts';

/** Each read is a command, which takes most of a second of a processor. */
const INTERVAL_MILLISECONDS = 500;

/** Waits until `status` prints the text for the run. */
export const awaitStatusText = async (harness: Harness, run: Pick<Run, 'workflowId'>, text: string): Promise<void> => {
  await awaitCondition(
    `status shows "${text}"`,
    async () => (await harness.runCli(['status', run.workflowId])).stdout.includes(text),
    { intervalMilliseconds: INTERVAL_MILLISECONDS },
  );
};
