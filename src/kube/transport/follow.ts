import { setTimeout as sleep } from 'node:timers/promises';
import type { Follower, FollowListener } from '../../ports/cluster.ts';
import { ClusterFailure } from '../../ports/cluster-failure.ts';
import type { ApiClient } from './api-client.ts';
import { toConnectionFailure, toUnreadableFailure } from './api-failure.ts';
import type { Question } from './api-failure.ts';
import { runWithoutSignal, runWithSignal } from './request-signal.ts';
import { SilenceAlarm } from './silence-alarm.ts';
import { parseWatchEvent, readLines } from './watch-events.ts';

/** What is followed: one LIST path with its selectors. */
export interface FollowedResource<Model, Item> {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Follows "Could not" in a failure's sentence. */
  readonly purpose: string;
  readonly toItem: (model: Model) => Item;
}

/** In seconds. */
export interface FollowSettings {
  /** The server is asked to end a watch after this long, so that watches move to other API servers now and then. */
  readonly watchSeconds: number;
  /**
   * A watch without any sign of life for so long is replaced, in case its connection is dead. A living server sends a bookmark about
   * once a minute, but none for a kind that never had an object; so silence alone is no trouble.
   */
  readonly silenceSeconds: number;
  readonly firstBackoffSeconds: number;
  readonly longestBackoffSeconds: number;
}

export const FOLLOW_SETTINGS: FollowSettings = {
  watchSeconds: 270,
  silenceSeconds: 90,
  firstBackoffSeconds: 0.5,
  longestBackoffSeconds: 10,
};

/**
 * LIST, then WATCH from there. Resumes where it was after a closed or dead connection, lists anew when the server no longer keeps the
 * changes in between (410) or sends what cannot be read, and goes on until stopped. Failures are told to `onTrouble`, then tried again
 * with growing, jittered pauses. Independent of the caller's ambient signal. A listener call that throws counts as such a failure, except
 * `onTrouble`, which must not throw.
 */
export const follow = <Model, Item>(
  client: ApiClient,
  resource: FollowedResource<Model, Item>,
  listener: FollowListener<Item>,
  settings: FollowSettings = FOLLOW_SETTINGS,
): Follower => {
  const follower = new ResourceFollower(client, resource, listener, settings);
  void runWithoutSignal(() => follower.run());
  return follower;
};

class ResourceFollower<Model, Item> implements Follower {
  readonly #client: ApiClient;
  readonly #resource: FollowedResource<Model, Item>;
  readonly #listener: FollowListener<Item>;
  readonly #settings: FollowSettings;
  readonly #stopping = new AbortController();
  /** Where the next watch begins; undefined: list first. */
  #resourceVersion: string | undefined;
  /** Turns since a watch last gave an event or lasted. */
  #fruitlessTurns = 0;

  constructor(
    client: ApiClient,
    resource: FollowedResource<Model, Item>,
    listener: FollowListener<Item>,
    settings: FollowSettings,
  ) {
    this.#client = client;
    this.#resource = resource;
    this.#listener = listener;
    this.#settings = settings;
  }

  stop(): void {
    this.#stopping.abort();
  }

  async run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const trouble = await this.#followOnce();
      this.#fruitlessTurns += 1;
      if (trouble !== undefined) {
        this.#tell(() => {
          this.#listener.onTrouble(trouble);
        });
      }
      await this.#pause(trouble);
    }
  }

  /** One LIST, if needed, and one WATCH; gives what went wrong. */
  async #followOnce(): Promise<ClusterFailure | undefined> {
    try {
      this.#resourceVersion ??= await this.#sync();
      await this.#watch(this.#resourceVersion);
      return undefined;
    } catch (error) {
      const failure = toConnectionFailure(error, this.#question);
      if (failure.status !== 410) {
        return failure;
      }
      this.#resourceVersion = undefined;
      return undefined;
    }
  }

  async #sync(): Promise<string> {
    const { path, purpose, query, toItem } = this.#resource;
    const list = await runWithSignal(this.#stopping.signal, () => this.#client.list<Model>(path, purpose, query));
    this.#takeIn(() => {
      const items = list.items.map(toItem);
      this.#tell(() => {
        this.#listener.onSync(items);
      });
    });
    return list.resourceVersion;
  }

  async #watch(resourceVersion: string): Promise<void> {
    const silence = new SilenceAlarm(this.#settings.silenceSeconds);
    const begunAt = performance.now();
    const { path, purpose, query } = this.#resource;
    const watchQuery = {
      ...query,
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion,
      timeoutSeconds: String(Math.ceil(this.#settings.watchSeconds)),
    };
    try {
      const stream = await this.#client.openStream(
        { method: 'GET', path, purpose, query: watchQuery },
        AbortSignal.any([silence.signal, this.#stopping.signal]),
      );
      for await (const line of readLines(stream, silence.postpone)) {
        this.#takeIn(() => {
          this.#takeLine(line);
        });
      }
    } catch (error) {
      if (!silence.signal.aborted) {
        throw error;
      }
      // Dead connection, or nothing to tell: the next one will show which.
    } finally {
      silence.disarm();
      if (performance.now() - begunAt > this.#settings.longestBackoffSeconds * 1000) {
        this.#fruitlessTurns = 0;
      }
    }
  }

  #takeLine(line: string): void {
    const event = parseWatchEvent(line);
    if (event.type === 'error') {
      throw new ClusterFailure('ServerError', this.#toEndedMessage(event.message), event.code);
    }
    if (event.type !== 'bookmark') {
      const item = this.#resource.toItem(event.object as Model);
      this.#tell(() => {
        this.#listener[event.type === 'changed' ? 'onChange' : 'onRemove'](item);
      });
    }
    this.#resourceVersion = event.resourceVersion;
    this.#fruitlessTurns = 0;
  }

  /** After a failure in here something was missed, and only a whole picture makes good for it. */
  #takeIn(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#resourceVersion = undefined;
      throw error instanceof ClusterFailure ? error : toUnreadableFailure(200, this.#question);
    }
  }

  #toEndedMessage(message: string): string {
    const detail = message === '' ? '' : ` It says: ${message}`;
    return `Could not go on to ${this.#resource.purpose}: the API server ended the watch.${detail}`;
  }

  get #question(): Question {
    return this.#client.toQuestion(this.#resource);
  }

  #tell(call: () => void): void {
    if (!this.#stopping.signal.aborted) {
      call();
    }
  }

  /** A first closed or expired watch is everyday business and resumed at once. */
  async #pause(trouble: ClusterFailure | undefined): Promise<void> {
    if (trouble === undefined && this.#fruitlessTurns <= 1) {
      return;
    }
    const { firstBackoffSeconds, longestBackoffSeconds } = this.#settings;
    const grown = firstBackoffSeconds * 2 ** Math.min(this.#fruitlessTurns - 1, 10);
    const seconds = Math.min(longestBackoffSeconds, Math.max(grown, trouble?.retryAfterSeconds ?? 0));
    try {
      await sleep(seconds * 1000 * (0.5 + Math.random() / 2), undefined, { signal: this.#stopping.signal });
    } catch {
      // Stopped while pausing.
    }
  }
}
