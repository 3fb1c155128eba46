/** What a hook is given; a hook is called again after a failure, so it has to succeed for a machine that has ended. */
export interface HookInput {
  readonly cluster: string;
  readonly taskId: string;
  readonly nodeName: string;
  /** UID of the deleted Node. */
  readonly nodeUid: string;
  /** The same in every call for this node of this run. */
  readonly operationId: string;
  /** Empty: the Node had none. */
  readonly providerID: string;
  /** Empty: not recognised. */
  readonly instanceId: string;
}

/** An operator's own program or service that ends the machine of a deleted node. */
export interface MachineHook {
  /** Whether machines of this cluster are ended. */
  serves(cluster: string): boolean;
  /**
   * Calls it once. Safe to repeat as far as the hook is.
   *
   * @param signal ends the call; what the hook has done by then is unknown
   * @returns its answer, without values of secrets, at most 2000 characters; may be empty
   * @throws DecommissionFailure `MachineNotEnded`, retryable unless it answered that the call itself is wrong
   * @throws Error `AbortError` after `signal`
   */
  call(input: HookInput, signal: AbortSignal): Promise<string>;
}
