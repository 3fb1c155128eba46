import type { Client } from '@temporalio/client';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/index.js';
import type { temporal } from '@temporalio/proto';

/** The first detail of a pending activity's last heartbeat; `undefined` when it has none. A worker of another version may have sent it. */
export const decodeHeartbeat = async (
  client: Client,
  { heartbeatDetails }: temporal.api.workflow.v1.IPendingActivityInfo,
): Promise<unknown> => {
  const [first] = await decodeArrayFromPayloads(client.options.loadedDataConverter, heartbeatDetails?.payloads);
  return first;
};
