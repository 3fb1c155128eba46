import { DecommissionFailure, FailureType } from '../../domain/run/failures.ts';
import { RIGHTS_TO_RUN, toMissingRightText } from '../../domain/cluster/rights.ts';
import type { Cluster } from '../../ports/cluster.ts';
import { isClusterFailure } from '../../ports/cluster-failure.ts';

/**
 * Returns what `read` returns. When the API server forbids it, reports which of the run's rights are missing: without the facts there is
 * no plan that could list them.
 *
 * @throws DecommissionFailure `Refused`, not retryable: names the missing rights.
 * @throws what `read` throws, when no missing right explains it
 */
export const nameMissingRights = async <Result>(cluster: Cluster, read: () => Promise<Result>): Promise<Result> => {
  try {
    return await read();
  } catch (error) {
    if (!isClusterFailure(error, 'Forbidden')) throw error;
    const missing = await cluster.readMissingRights(RIGHTS_TO_RUN);
    if (missing.length === 0) throw error;
    throw new DecommissionFailure(
      FailureType.Refused,
      `preflight refuses: ${missing.map((right) => `${toMissingRightText(right)}.`).join(' ')}`,
    );
  }
};
