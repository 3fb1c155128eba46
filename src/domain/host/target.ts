import type { LockHolder } from '../node/lock.ts';
import { toStableHash } from '../text/stable-hash.ts';
import type { HostLayout } from './preview.ts';
import { toNodeTarget, type NodeMachine, type NodeTarget } from '../node/node-target.ts';

/** What is needed to connect to the host of a node and to prove its identity; from the plan, made before any change. */
export interface HostTarget extends Omit<NodeMachine, keyof NodeTarget> {
  readonly target: NodeTarget;
  /** Identifies the stages of this run on the host; the same in every attempt. */
  readonly operationId: string;
}

/** One stage that runs detached on the host. */
export interface HostStageInput extends HostTarget {
  /** As preflight saw the host: the stage touches nothing else. */
  readonly layout: HostLayout;
  /** Enforced on the host. */
  readonly deadlineSeconds: number;
  /** An earlier call may have started the stage. */
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
  // The first run's id, so that a run that continued as new or was reset still finds the stages that it started.
  operationId: `${run.firstExecutionRunId}-${toStableHash(node.nodeUid)}`,
});
