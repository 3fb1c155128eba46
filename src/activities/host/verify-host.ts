import { DecommissionFailure, FailureType } from '../../domain/run/failures.ts';
import type { HostTarget } from '../../domain/host/target.ts';
import { countByKind, limitByKind, toStaying } from '../../domain/host/preview-kinds.ts';
import { judgeHostClean } from '../../domain/host/clean.ts';
import { MAX_KEPT_OF_A_KIND, type HostVerification } from '../../domain/run/report.ts';
import type { TaskContext } from '../../domain/run/context.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';
import { countFailure } from './count-failure.ts';
import { withProvenHost } from './with-proven-host.ts';

/** After this many checks an operator is needed; a process that is ending may be gone at the next one. Lost connections do not count. */
const MAX_CHECKS = 5;

/**
 * Checks the host's actual state for anything left of the cluster; what earlier stages did does not count. Reads only. Returns
 * what the checks found, and what stays on the host.
 *
 * @throws DecommissionFailure `HostNotClean`, retried 4 times: names every item that is not ok or could not be read.
 * @throws DecommissionFailure `HostNotProven`, not retryable: as `withProvenHost`.
 * @throws DecommissionFailure `ClusterMismatch`, retryable: see `openVerifiedCluster`.
 * @throws ClusterFailure
 * @throws HostFailure
 */
export const verifyHost =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, host: HostTarget): Promise<HostVerification> =>
    await withProvenHost(dependencies, context, host, async (proven) => {
      const { kubeletUnits } = proven;
      const facts = await proven.host.readFacts(kubeletUnits, host.operationId);
      const { isClean, items } = judgeHostClean(facts, { kubeletUnits });
      if (isClean) {
        const kept = toStaying(facts.layout.preview, host.addresses);
        return {
          cleaned: items.map(({ message }) => message),
          kept: limitByKind(kept, MAX_KEPT_OF_A_KIND),
          keptCounts: countByKind(kept),
        };
      }
      const wrong = items.filter(({ verdict }) => verdict !== 'ok').map(({ message }) => message);
      throw new DecommissionFailure(
        FailureType.HostNotClean,
        `the host of node ${host.target.nodeName} is not clean: ${wrong.join(' ')}`,
        { retryable: countFailure(`not clean yet: ${wrong.join(' ')}`) < MAX_CHECKS },
      );
    });
