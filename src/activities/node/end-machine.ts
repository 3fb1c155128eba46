import { Context } from '@temporalio/activity';
import type { NodeFacts } from '../../domain/cluster/facts.ts';
import { toHostTarget } from '../../domain/host/target.ts';
import { checkOtherMachine } from '../../domain/machine/check-other-machine.ts';
import type { Machine } from '../../domain/machine/machine.ts';
import type { NodeTarget } from '../../domain/node/node-target.ts';
import type { TaskContext } from '../../domain/run/context.ts';
import { DecommissionFailure, FailureType } from '../../domain/run/failures.ts';
import type { HookInput } from '../../ports/machine-hook.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';
import { openVerifiedCluster } from '../support/open-verified-cluster.ts';
import { toNodeGone, type NodeGone } from './node-came-back.ts';

/** Which machine is ended. */
export interface MachineCall {
  /** As the Node named it before its deletion; absent: it did not. */
  readonly machine?: Machine;
  /** See `judgeReturnedNode`. */
  readonly isReturnSeen: boolean;
  /** An operator has resumed the run after this step had failed. */
  readonly isResumed: boolean;
}

/** `NotCalled`: nothing was done; `why` has no full stop. `notes`: for the report. */
export type MachineEnd =
  | { readonly kind: 'Ended'; readonly answer?: string; readonly notes: readonly string[] }
  | { readonly kind: 'NotCalled'; readonly why: string };

/**
 * Calls the hook of this worker that ends the machine of a deleted node. Before each attempt it reads that the Node is gone. Safe to repeat as
 * far as the hook is. A worker without a hook fails, because another one may have it; once an operator has resumed the run, the step is left out.
 *
 * @throws DecommissionFailure `MachineNotEnded`: see `MachineHook.call`; retryable also when this worker has no hook.
 * @throws DecommissionFailure `NodeCameBack`, not retryable: the Node exists, or the machine has a new one. The hook was not called.
 * @throws DecommissionFailure `ClusterMismatch`, retryable: see `openVerifiedCluster`.
 * @throws ClusterFailure
 */
export const endMachine =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, target: NodeTarget, call: MachineCall): Promise<MachineEnd> => {
    const { machineHook: hook } = dependencies;
    if (!hook?.serves(context.cluster)) return leaveOut(dependencies, context, call.isResumed);
    const cluster = await openVerifiedCluster(dependencies, context);
    const { notes, why } = judgeName(target, call, await cluster.readNode(target.nodeName));
    if (why !== undefined) return { kind: 'NotCalled', why };
    const answer = await hook.call(toHookInput(context, target, call), Context.current().cancellationSignal);
    return { kind: 'Ended', notes, ...(answer === '' ? {} : { answer }) };
  };

/** Of the Node that has the name of the deleted one now, if any does. `why`: the hook must not be called. */
const judgeName = (
  target: NodeTarget,
  { machine, isReturnSeen }: MachineCall,
  seen: NodeFacts | undefined,
): NodeGone & { readonly why?: string } => {
  if (seen === undefined) return { notes: [] };
  if (seen.uid === target.nodeUid) throw stillThere(target);
  const { notes } = toNodeGone(target, seen, isReturnSeen);
  const why = checkOtherMachine(machine, seen);
  return why === undefined ? { notes } : { notes, why };
};

const toHookInput = (
  { cluster, taskId, holder }: TaskContext,
  target: NodeTarget,
  { machine }: MachineCall,
): HookInput => ({
  cluster,
  taskId,
  nodeName: target.nodeName,
  nodeUid: target.nodeUid,
  operationId: toHostTarget(holder, { ...target, systemUUID: '', bootID: '', addresses: [] }).operationId,
  providerID: machine?.providerID ?? '',
  instanceId: machine?.instanceId ?? '',
});

const leaveOut = (
  { workerIdentity = '(unnamed)' }: ActivityDependencies,
  { cluster }: TaskContext,
  isResumed: boolean,
): MachineEnd => {
  const missing = `the configuration of worker ${workerIdentity} has no \`endMachine\` for cluster ${cluster}`;
  if (isResumed) return { kind: 'NotCalled', why: missing };
  throw new DecommissionFailure(
    FailureType.MachineNotEnded,
    `${missing}, but the worker that accepted the task had it. Add it to all workers; resumed without it, the run leaves the machine as it is.`,
    { retryable: true },
  );
};

const stillThere = ({ nodeName, nodeUid }: NodeTarget): DecommissionFailure =>
  new DecommissionFailure(
    FailureType.NodeCameBack,
    `node ${nodeName} (UID ${nodeUid}) exists although it was deleted, e.g. after a restore of etcd. Its machine was not ended. Make sure that the node is drained; it is deleted again.`,
  );
