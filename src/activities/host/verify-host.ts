import { DecommissionFailure, FailureType } from '../../domain/run/failures.ts';
import type { HostTarget } from '../../domain/host/target.ts';
import { judgeHostClean } from '../../domain/host/clean.ts';
import type { TaskContext } from '../../domain/run/context.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';
import { countFailure } from './count-failure.ts';
import { withProvenHost } from './with-proven-host.ts';

/** Looks this often before a person is called: what is just ending may be gone a moment later. A lost connection is no look. */
const LOOKS = 5;

/**
 * The offline check: whether nothing of the cluster is left on the host, from what is there and not from what was done. Reads only.
 * Gives one sentence. Throws `HostNotClean` (retried 4 times) that names every item that is not ok, those that could not be read included.
 */
export const verifyHost =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, host: HostTarget): Promise<string> =>
    await withProvenHost(dependencies, context, host, ({ facts, kubeletUnits }) => {
      const { isClean, items } = judgeHostClean(facts, { kubeletUnits });
      if (isClean) return Promise.resolve(`all ${items.length} items are ok`);
      const wrong = items.filter(({ verdict }) => verdict !== 'ok').map(({ message }) => message);
      throw new DecommissionFailure(
        FailureType.HostNotClean,
        `the host of node ${host.target.nodeName} is not clean: ${wrong.join(' ')}`,
        { retryable: countFailure(`not clean yet: ${wrong.join(' ')}`) < LOOKS },
      );
    });
