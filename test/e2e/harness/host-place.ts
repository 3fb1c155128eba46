import { WorkflowNotFoundError } from '@temporalio/client';
import type { HostStage } from '../../../src/domain/host/stage.ts';
import { toNodeWorkflowId } from '../../../src/domain/run/workflow-ids.ts';
import type { StepName } from '../../../src/domain/run/report.ts';
import type { RunStatus } from '../../../src/domain/run/status.ts';
import { awaitCondition } from '../../../stack/processes/await-condition.ts';
import type { Harness } from './harness.ts';

/** The origin of a connection to a host: the step of the node's workflow, and its activity. */
export type HostPlace = `${StepName} ${string}`;

/** The current place of the node's workflow; `undefined` in preflight, before it exists, and while none of its activities is pending. */
export const readHostPlace = async ({ client }: Harness, nodeName: string): Promise<HostPlace | undefined> => {
  const child = client.workflow.getHandle(toNodeWorkflowId('default', nodeName));
  const described = await child.describe().catch((error: unknown) => {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  });
  if (described === undefined) return undefined;
  const { raw } = described;
  const status = await child.query<RunStatus>('status');
  const step = status.nodes[0]?.steps.find((each) => each.status === 'Running')?.name;
  const activity = toHostActivity(raw)?.activityType?.name;
  return step === undefined || !activity ? undefined : `${step} ${activity}`;
};

type Described = Awaited<ReturnType<ReturnType<Harness['client']['workflow']['getHandle']>['describe']>>['raw'];

/** A deleted Node has to stay gone while its host is cleaned: that wait connects to no host. */
const toHostActivity = ({ pendingActivities }: Described) =>
  pendingActivities?.find(({ activityType }) => activityType?.name !== 'awaitNodeStaysGone');

/** Waits until the pending activity has found the stage running on the host. */
export const awaitPolled = (harness: Harness, nodeName: string, stage: HostStage): Promise<void> =>
  awaitHeartbeat(harness, nodeName, stage);

/** Waits until the last heartbeat of the pending activity contains the text. */
export const awaitHeartbeat = async ({ client }: Harness, nodeName: string, expected: string): Promise<void> => {
  const child = client.workflow.getHandle(toNodeWorkflowId('default', nodeName));
  await awaitCondition(
    `the run reports about the host ${nodeName}: ${expected}`,
    async () => {
      const { raw } = await child.describe().catch((error: unknown) => {
        if (error instanceof WorkflowNotFoundError) return { raw: undefined };
        throw error;
      });
      const [details] = (raw && toHostActivity(raw))?.heartbeatDetails?.payloads ?? [];
      return Buffer.from(details?.data ?? [])
        .toString('utf8')
        .includes(expected);
    },
    { intervalMilliseconds: 200 },
  );
};
