import type { Inability } from '../domain/host/ability.ts';
import type { HostFacts, HostIdentityFacts, HostMarker } from '../domain/host/facts.ts';
import type { HostLayout } from '../domain/host/preview.ts';
import type { HostStage, StageState } from '../domain/host/stage.ts';
import type { Withdrawal } from '../domain/host/withdrawal.ts';

/** Which host, as the Node object names it. */
export interface HostAddress {
  readonly nodeName: string;
  /** Node addresses in the API's order (InternalIP first); the configuration may override them. */
  readonly addresses: readonly string[];
}

/** Input of a stage; written into the marker before its first effect. */
export interface StageInput {
  readonly marker: HostMarker;
  /** Units of the kubelet that must exist, e.g. `['kubelet.service']`. */
  readonly kubeletUnits: readonly string[];
  /** As preflight saw the host: the stage touches nothing else. */
  readonly layout: HostLayout;
  /** The stage's own deadline, enforced on the host. */
  readonly deadlineSeconds: number;
  /** How often verification failed after this stage; absent: 0. A stage that succeeded in an earlier round is started again. */
  readonly round?: number;
}

/**
 * One connected host. Every call has a deadline and throws only `HostFailure`. Stages run detached from the connection under the name of
 * the operation: losing the connection or the worker neither ends nor repeats a stage.
 */
export interface Host {
  /** Reads only. With markers of several operations on the host, that of `operationId` counts; without one, the latest. */
  readFacts(kubeletUnits: readonly string[], operationId?: string): Promise<HostFacts>;
  /** The part of it that is read before every use of the host, and again and again while one waits. Reads only. */
  readIdentity(kubeletUnits: readonly string[], operationId: string): Promise<HostIdentityFacts>;
  /**
   * Tries what every stage needs: writes into the host's state folder and its folder of units, and starts a unit that does nothing. All of
   * it is removed again. Returns what failed. Only for a host whose identity is proven.
   */
  proveAbility(): Promise<readonly Inability[]>;
  /**
   * Starts a stage, unless it already runs for this operation or succeeded in this round. The same stage of an operation never runs twice
   * at once. A failed stage is started again: every stage checks before it acts.
   */
  startStage(stage: HostStage, input: StageInput): Promise<void>;
  readStage(stage: HostStage, operationId: string): Promise<StageState>;
  /**
   * Ensures that no stage of the operation changes the host from now on, unless one already has: also one that runs, or that is started
   * later by a request still under way. `plannedBootID`: at planning time; empty: unknown. Safe to repeat.
   */
  withdraw(kubeletUnits: readonly string[], operationId: string, plannedBootID: string): Promise<Withdrawal>;
  /** Never throws. */
  close(): Promise<void>;
}

export interface Hosts {
  /** Units of the kubelet on the node's host, at least one; undefined when no connection settings are configured. */
  findKubeletUnits(nodeName: string): readonly string[] | undefined;
  /**
   * Connects, verifies the host key and logs in.
   *
   * @throws HostFailure
   */
  connect(address: HostAddress): Promise<Host>;
}
