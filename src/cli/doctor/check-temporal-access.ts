import type { Client } from '@temporalio/client';
import { findTemporalDenials } from '../../worker/temporal-access.ts';
import type { DoctorCheck } from './doctor-check.ts';

/**
 * Whether the credentials may read the namespace and change workflows in it, which workers, `start` and the other messages need. Changes
 * nothing.
 *
 * @throws Error of the Temporal client: the server does not respond, or does not have the namespace.
 */
export const checkTemporalAccess = async (client: Client): Promise<DoctorCheck> => {
  const { namespace } = client.options;
  const name = `access to Temporal namespace ${namespace}`;
  const remedy = `Grant them write access to namespace ${namespace}; no other namespace and no access to the whole server is needed.`;
  const { reading, writing } = await findTemporalDenials(client);
  if (reading !== undefined) {
    const message = `the credentials may not describe the namespace (${reading}): runs are refused`;
    return { name, ok: false, message, remedy };
  }
  if (writing === undefined) return { name, ok: true, message: 'read and write' };
  const message = `read only (${writing}): workers receive no work, and nothing can be started, paused or cancelled`;
  return { name, ok: false, message, remedy };
};
