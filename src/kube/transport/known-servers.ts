/**
 * The API servers to which the connections of one kubeconfig have led, by their verified certificates. A switch to another server needs a new
 * connection: as long as none has led to an unknown server, and address, CA and credentials are the same, a fact about the server still holds.
 */
export class KnownServers {
  readonly #fingerprints = new Set<string>();
  #generation = 0;

  /** Grows with each unknown server. Undefined: no server is known, e.g. because certificates are not verified, so nothing holds. */
  get generation(): number | undefined {
    return this.#fingerprints.size === 0 ? undefined : this.#generation;
  }

  /** A new connection leads to the server with this certificate, which was verified. Resumed sessions lead to a server that is known. */
  note(fingerprint: string): void {
    if (this.#fingerprints.has(fingerprint)) return;
    this.#fingerprints.add(fingerprint);
    this.#generation += 1;
  }

  /** Nothing that was known holds: with other credentials or another CA, or when servers have contradicted each other. */
  forget(): void {
    this.#fingerprints.clear();
    this.#generation += 1;
  }
}
