/** What `ReturningPods` has observed so far: plain JSON. */
export interface ReturningPodsData {
  readonly seenUids: readonly string[];
  readonly seenOwners: readonly string[];
  readonly returns: readonly (readonly [string, number])[];
}
