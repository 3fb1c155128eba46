import type { HostFacts, HostMarker } from '../domain/host/facts.ts';
import type { HostStage, StageState } from '../domain/host/stage.ts';

/** Which host, as the Node object names it. */
export interface HostAddress {
  readonly nodeName: string;
  /** Node addresses in the API's order (InternalIP first); the configuration may name another way to the host. */
  readonly addresses: readonly string[];
}

/** What a stage is told; written into the marker before its first effect. */
export interface StageInput {
  readonly marker: HostMarker;
  /** Units of the kubelet that must exist, e.g. `['kubelet.service']`. */
  readonly kubeletUnits: readonly string[];
  /** The stage's own deadline, kept by the host itself. */
  readonly deadlineSeconds: number;
  /** Counts how often the stage was found not to have been enough; absent: 0. One that ended well in an earlier round is started again. */
  readonly round?: number;
}

/**
 * One connected host. Every call has a deadline and throws nothing but `HostFailure`. Stages run detached from the connection under a name
 * of the operation: losing the connection, or the worker, neither ends nor repeats one.
 */
export interface Host {
  /** Reads only. Of several operations that were there, what `operationId` left counts; without it, or where it left nothing, the last. */
  readFacts(kubeletUnits: readonly string[], operationId?: string): Promise<HostFacts>;
  /**
   * Starts a stage, or finds that this operation's one runs already or has ended well in this round. Of the same operation and stage never
   * two run at once. One that ended badly is started again: every stage looks before it acts.
   */
  startStage(stage: HostStage, input: StageInput): Promise<void>;
  readStage(stage: HostStage, operationId: string): Promise<StageState>;
  /** Never throws. */
  close(): Promise<void>;
}

export interface Hosts {
  /** Units of the kubelet on the node's host, at least one; undefined when no way to it is configured. */
  findKubeletUnits(nodeName: string): readonly string[] | undefined;
  /** Connects, proves the host key and logs in. Throws `HostFailure`. */
  connect(address: HostAddress): Promise<Host>;
}
