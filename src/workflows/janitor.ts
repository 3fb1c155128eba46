import { ApplicationFailure } from '@temporalio/workflow';
import { describeLeftovers, type LeftoverList } from '../domain/janitor/leftover-list.ts';
import { FailureType } from '../domain/run/failures.ts';
import { DEFAULT_CLUSTER } from '../domain/run/workflow-ids.ts';
import { acceptingActivities } from './runtime/activity-options.ts';

/**
 * Searches a cluster for what ended tasks have left there; changes nothing. Made for a schedule: it fails when something is left, so that a
 * list of workflows shows it. Takes at most one argument, `{"cluster": "…"}`.
 *
 * @throws ApplicationFailure `LeftoversFound`, not retryable: its first detail is the list.
 * @throws ApplicationFailure `InvalidInput`, not retryable
 * @throws ActivityFailure no worker has the cluster, or it could not be read for half an hour.
 */
export const janitor = async (...input: unknown[]): Promise<LeftoverList> => {
  const list = await acceptingActivities.listLeftovers({ cluster: readCluster(input) });
  if (list.count === 0) return list;
  throw ApplicationFailure.create({
    type: FailureType.LeftoversFound,
    message: describeLeftovers(list),
    nonRetryable: true,
    details: [list],
  });
};

const readCluster = ([argument = {}, ...others]: readonly unknown[]): string => {
  const cluster = others.length === 0 ? readKey(argument) : undefined;
  if (cluster !== undefined) return cluster;
  throw ApplicationFailure.nonRetryable(
    'the workflow takes one JSON object with the name of a cluster, e.g. {"cluster": "default"}. Nothing was done.',
    FailureType.InvalidInput,
  );
};

/** Undefined: it is not such an object. */
const readKey = (argument: unknown): string | undefined => {
  if (typeof argument !== 'object' || argument === null) return undefined;
  const { cluster = DEFAULT_CLUSTER, ...unknownKeys } = argument as { readonly cluster?: unknown };
  return typeof cluster === 'string' && Object.keys(unknownKeys).length === 0 ? cluster : undefined;
};
