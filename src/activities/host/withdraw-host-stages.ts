import type { HostTarget } from '../../domain/host/target.ts';
import type { HostWithdrawal } from '../../domain/host/withdrawal.ts';
import type { TaskContext } from '../../domain/run/context.ts';
import { DecommissionFailure } from '../../domain/run/failures.ts';
import { isHostFailure } from '../../ports/host-failure.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';
import { withProvenHost } from './with-proven-host.ts';

const UNCLEAR = 'The host was restarted, and its kubelet does not run.';

/**
 * After the failure of `stopKubelet`: ensures that no stage of this run changes the host from now on, unless one already has, and returns
 * which of both it is. A host that cannot be reached or proven may have been changed. Safe to repeat.
 *
 * @throws DecommissionFailure `ClusterMismatch`, retryable: see `openVerifiedCluster`.
 * @throws ClusterFailure
 */
export const withdrawHostStages =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, target: HostTarget): Promise<HostWithdrawal> => {
    try {
      return await withProvenHost(dependencies, context, target, async ({ host, kubeletUnits }) => {
        const kind = await host.withdraw(kubeletUnits, target.operationId, target.bootID);
        return kind === 'Unclear' ? { kind: 'Unknown', why: UNCLEAR } : { kind };
      });
    } catch (error) {
      const isOfCluster = error instanceof DecommissionFailure && error.retryable;
      if (isOfCluster || !(error instanceof DecommissionFailure || isHostFailure(error))) throw error;
      return { kind: 'Unknown', why: error.message };
    }
  };
