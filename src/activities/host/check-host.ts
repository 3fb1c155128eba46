import { DecommissionFailure } from '../../domain/decommission-failure.ts';
import type { NodeFacts } from '../../domain/facts.ts';
import { toHostFindingCode } from '../../domain/host-look-failures.ts';
import { toHostOrder } from '../../domain/host-order.ts';
import type { HostCheck } from '../../domain/preflight-facts.ts';
import type { TaskContext } from '../../domain/task-context.ts';
import { isHostFailure } from '../../ports/host-failure.ts';
import type { ActivityDependencies } from '../activity-dependencies.ts';
import { proveHost } from './prove-host.ts';

/** Preflight's look at a host, once: what speaks against it is a finding, not a failure. Reads only. */
export const checkHost = async (
  dependencies: ActivityDependencies,
  context: TaskContext,
  { name, ...node }: NodeFacts,
): Promise<HostCheck> => {
  try {
    await proveHost(dependencies)(context, toHostOrder(context.holder, { nodeName: name, nodeUid: node.uid, ...node }));
    return { ok: true };
  } catch (error) {
    if (!(error instanceof DecommissionFailure || isHostFailure(error))) throw error;
    const code = toHostFindingCode(error.type);
    if (code === undefined) throw error;
    return { ok: false, code, message: error.message };
  }
};
