import { DecommissionFailure } from '../../domain/run/failures.ts';
import type { NodeFacts } from '../../domain/cluster/facts.ts';
import { toHostFindingCode } from '../../domain/host/check-failures.ts';
import { toStaying } from '../../domain/host/preview-kinds.ts';
import { toHostTarget } from '../../domain/host/target.ts';
import type { LockHolder } from '../../domain/node/lock.ts';
import { toNodeMachine } from '../../domain/node/node-target.ts';
import type { HostCheck } from '../../domain/preflight/facts.ts';
import { isHostFailure } from '../../ports/host-failure.ts';
import { proveHostIn } from './prove-host.ts';
import type { HostSurroundings } from './with-proven-host.ts';

/** Per process: an unreachable host takes its full time-out, and the time-outs must not add up. */
export const MAX_CONCURRENT_HOST_CHECKS = 10;

/**
 * Preflight's check of a node's host, without retries: a problem is a finding, not a failure. Writes only
 * what `Host.proveAbility` removes again.
 *
 * @param run whose marker on the host counts as a proof
 * @throws any other failure, unchanged
 */
export const checkHost = async (
  surroundings: HostSurroundings,
  run: Pick<LockHolder, 'firstExecutionRunId'>,
  node: NodeFacts,
): Promise<HostCheck> => {
  try {
    const { provenBy, layout } = await proveHostIn(surroundings, toHostTarget(run, toNodeMachine(node)));
    const kept = toStaying(layout.preview, node.addresses);
    return { ok: true, provenBy, layout: { ...layout, preview: { ...layout.preview, kept } } };
  } catch (error) {
    if (!(error instanceof DecommissionFailure || isHostFailure(error))) throw error;
    const code = toHostFindingCode(error.type);
    if (code === undefined) throw error;
    return { ok: false, code, message: error.message };
  }
};
