import { awaitCondition } from '../../../stack/processes/await-condition.ts';
import type { Harness } from './harness.ts';

/** Waits until visibility, which lags by about a second, lists so many running workflows. The Temporal namespace is that of the suite. */
export const awaitRunningWorkflows = async ({ client }: Harness, count: number): Promise<void> => {
  await awaitCondition(
    `visibility lists ${count} running workflows`,
    async () => (await client.workflow.count("ExecutionStatus = 'Running'")).count === count,
  );
};
