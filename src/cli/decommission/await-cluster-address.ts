import { isSettled } from '../../client/closed-status.ts';
import type { DecommissionHandle } from '../../client/decommission-handle.ts';
import type { ClusterAddress } from '../../domain/cluster/facts.ts';

/** The worker reads the address with its first activity. */
const PATIENCE_MILLISECONDS = 5_000;

/**
 * The address of the cluster on which a decommission works. Undefined when it is not recorded within `patience` milliseconds, when the
 * decommission ends without it, or when `signal` aborts. Never throws.
 */
export const awaitClusterAddress = async (
  handle: Pick<DecommissionHandle, 'progress'>,
  signal: AbortSignal,
  patience = PATIENCE_MILLISECONDS,
): Promise<ClusterAddress | undefined> => {
  const options = {
    signal: AbortSignal.any([signal, AbortSignal.timeout(patience)]),
    intervalMilliseconds: 250,
    onTrouble: () => undefined,
  };
  try {
    for await (const status of handle.progress(options)) {
      if (status.clusterAddress !== undefined || isSettled(status)) return status.clusterAddress;
    }
  } catch {
    // It is started, whatever its status is.
  }
  return undefined;
};
