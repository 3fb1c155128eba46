import type { LockHolder } from '../node/lock.ts';
import { toStableHash } from '../text/stable-hash.ts';
import { toNodeTarget, type NodeMachine, type NodeTarget } from '../node/node-target.ts';

/** What it takes to reach the host of a node and to prove that it is that node's; taken from the plan, before anything was changed. */
export interface HostTarget extends Omit<NodeMachine, keyof NodeTarget> {
  readonly target: NodeTarget;
  /** Names what runs on the host for this run; the same in every attempt. */
  readonly operationId: string;
}

/** One stage that runs on the host by itself. */
export interface HostStageInput extends HostTarget {
  /** Kept by the host. */
  readonly deadlineSeconds: number;
  /** An earlier call may have begun the stage. */
  readonly isRepeat: boolean;
  /** As `StageInput.round`: 1 after the host was first found not clean, and so on. */
  readonly round?: number;
}

/** The host of one node of the task whose lock names this run. */
export const toHostTarget = (run: Pick<LockHolder, 'firstExecutionRunId'>, node: NodeMachine): HostTarget => ({
  target: toNodeTarget(node),
  systemUUID: node.systemUUID,
  bootID: node.bootID,
  addresses: node.addresses,
  // The first run's id, so that a run that continued as new, or was reset, still finds what it began.
  operationId: `${run.firstExecutionRunId}-${toStableHash(node.nodeUid)}`,
});
