import {
  Client,
  defaultPayloadConverter,
  type ConnectionLike,
  type WorkflowExecutionDescription,
} from '@temporalio/client';

/** Decodes payloads without any connection. */
export const unconnectedClient = (): Client => new Client({ connection: { plugins: [] } as unknown as ConnectionLike });

/** As the server describes a pending activity. `heartbeat`: its only detail; absent: none yet. */
export const pendingActivity = (
  activityId: string,
  heartbeat?: unknown,
  overrides: Readonly<Record<string, unknown>> = {},
): object => ({
  activityId,
  attempt: 1,
  ...(heartbeat === undefined
    ? {}
    : { heartbeatDetails: { payloads: [defaultPayloadConverter.toPayload(heartbeat)] } }),
  ...overrides,
});

/** A workflow with these pending activities. */
export const describing = (...pendingActivities: readonly object[]): WorkflowExecutionDescription =>
  ({ raw: { pendingActivities } }) as unknown as WorkflowExecutionDescription;
