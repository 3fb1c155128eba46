import { randomUUID } from 'node:crypto';
import { isGrpcServiceError, WorkflowNotFoundError, type Client } from '@temporalio/client';
import { withoutFullStop } from '../domain/text/join-sentences.ts';
import { TemporalAccessDenied } from '../ports/workflow-directory.ts';

/** gRPC status codes: PERMISSION_DENIED and UNAUTHENTICATED. */
const DENIALS: readonly number[] = [7, 16];

/** What the server answered to credentials that lack a permission; absent where it did not deny the call. */
export interface TemporalDenials {
  /** To describe the namespace, which reads only. */
  readonly reading?: string;
  /** To change workflows. */
  readonly writing?: string;
}

/** The server's sentence, without its full stop; undefined for any other error. Pure. */
export const readDenial = (error: unknown): string | undefined => {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  if (!isGrpcServiceError(cause) || !DENIALS.includes(cause.code)) return undefined;
  // The details are empty over a worker's connection.
  return withoutFullStop(cause.details === '' ? cause.message : cause.details);
};

/**
 * What the credentials may not do in the client's namespace. The permission to write is tried with a signal to a workflow that does not exist:
 * nothing changes.
 *
 * @throws Error of the Temporal client: the server does not respond, or does not have the namespace.
 */
export const findTemporalDenials = async (client: Client): Promise<TemporalDenials> => {
  const { namespace } = client.options;
  const [reading, writing] = await Promise.all([
    findDenial(() => client.workflowService.describeNamespace({ namespace })),
    findDenial(() => client.workflow.getHandle(`node-decommission/access/${randomUUID()}`).signal('access')),
  ]);
  return { ...(reading === undefined ? {} : { reading }), ...(writing === undefined ? {} : { writing }) };
};

/**
 * The SDK repeats denied polls without an end and without a log line: such a worker would look healthy and never receive work.
 *
 * @throws TemporalAccessDenied the credentials do not have write access to the namespace.
 * @throws Error of the Temporal client: as `findTemporalDenials`.
 */
export const proveTemporalAccess = async (client: Client): Promise<void> => {
  const { reading, writing } = await findTemporalDenials(client);
  const denial = writing ?? reading;
  if (denial === undefined) return;
  const { namespace } = client.options;
  throw new TemporalAccessDenied(
    `the worker's credentials for Temporal do not have write access to namespace "${namespace}": ${denial}. Without it, a worker receives no work. ` +
      'Grant it, and start the worker again.',
  );
};

const findDenial = async (call: () => Promise<unknown>): Promise<string | undefined> => {
  try {
    await call();
    return undefined;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    const denial = readDenial(error);
    if (denial === undefined) throw error;
    return denial;
  }
};
