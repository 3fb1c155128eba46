import type { KnownServers } from './transport/known-servers.ts';
import { runWithoutSignal } from './transport/request-signal.ts';

interface UidRead {
  /** Milliseconds since the epoch, before the request. */
  readonly at: number;
  readonly generation: number | undefined;
  readonly uid: Promise<string>;
}

/** The UID of `kube-system`, remembered for as long as every connection leads to the servers that were known when it was read. */
export class RecentUid {
  readonly #read: () => Promise<string>;
  readonly #servers: Pick<KnownServers, 'generation' | 'forget'>;
  readonly #now: () => number;
  #last: UidRead | undefined;
  #lastUid: string | undefined;

  /** @param now milliseconds since the epoch */
  constructor(
    read: () => Promise<string>,
    servers: Pick<KnownServers, 'generation' | 'forget'>,
    now: () => number = Date.now,
  ) {
    this.#read = read;
    this.#servers = servers;
    this.#now = now;
  }

  /**
   * `maxAgeSeconds`: an answer to a request that was sent within this time is enough; absent: the server is asked now.
   *
   * @throws ClusterFailure
   */
  async read(maxAgeSeconds?: number): Promise<string> {
    if (maxAgeSeconds === undefined) return await this.#ask();
    if (!this.#isRecent(maxAgeSeconds)) this.#begin();
    const { uid } = this.#last as UidRead;
    return await uid;
  }

  #isRecent(maxAgeSeconds: number): boolean {
    if (this.#last === undefined) return false;
    const age = this.#now() - this.#last.at;
    const { generation } = this.#servers;
    // A clock that was set back proves nothing.
    return age >= 0 && age < maxAgeSeconds * 1000 && generation !== undefined && generation === this.#last.generation;
  }

  /** For all who ask meanwhile, so not ended with the first of them. */
  #begin(): void {
    const { generation } = this.#servers;
    const last: UidRead = { at: this.#now(), generation, uid: runWithoutSignal(() => this.#ask()) };
    this.#last = last;
    last.uid.catch(() => {
      if (this.#last === last) this.#last = undefined;
    });
  }

  async #ask(): Promise<string> {
    const uid = await this.#read();
    // One of the connections leads to another cluster: each has to be seen again.
    if (this.#lastUid !== undefined && this.#lastUid !== uid) {
      this.#servers.forget();
      this.#last = undefined;
    }
    this.#lastUid = uid;
    return uid;
  }
}
