import { setTimeout as sleep } from 'node:timers/promises';
import type { Follower, FollowListener } from '../../ports/cluster.ts';
import { ClusterFailure } from '../../ports/cluster-failure.ts';
import type { ApiClient } from './api-client.ts';
import { toConnectionFailure, toUnreadableFailure } from './api-failure.ts';
import type { Question } from './api-failure.ts';
import { runWithoutSignal, runWithSignal } from './request-signal.ts';
import { PAGE_RETRIES } from './send-page.ts';
import { SilenceAlarm } from './silence-alarm.ts';
import { parseWatchEvent, readLines } from './watch-events.ts';

/** What is followed: one LIST path with its selectors. */
export interface FollowedResource<Model, Item> {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Follows "Could not" in a failure's message. */
  readonly purpose: string;
  readonly toItem: (model: Model) => Item;
}

/** In seconds. */
export interface FollowSettings {
  /** The server is requested to end a watch after this time, so that watches move between API servers. */
  readonly watchSeconds: number;
  /**
   * A watch that receives nothing for this time is replaced, in case its connection is dead. A healthy server sends a bookmark about
   * once a minute, but none for a kind that never had an object; silence alone is therefore not a failure.
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
 * LIST, then WATCH from its resourceVersion, until stopped. Resumes from the last event after a closed or dead connection; lists again
 * when the server no longer has the later changes (410) or sends an unreadable event. Failures are reported to `onTrouble` and retried
 * with growing, jittered pauses. Independent of the caller's ambient signal. A listener call that throws counts as a failure too, except
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
  /** Where the next watch starts; undefined: list first. */
  #resourceVersion: string | undefined;
  /** Attempts since a watch last returned an event or stayed open. */
  #idleAttempts = 0;

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
      const failure = await this.#followOnce();
      this.#idleAttempts += 1;
      if (failure !== undefined) {
        this.#notify(() => {
          this.#listener.onTrouble(failure);
        });
      }
      await this.#pause(failure);
    }
  }

  /** One LIST, if needed, and one WATCH; returns the failure, if any. */
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

  /** A first page is tried once: its failure has to be reported before the next try. */
  async #sync(): Promise<string> {
    const list = await runWithSignal(this.#stopping.signal, () =>
      this.#client.list(this.#resource, { retries: { ...PAGE_RETRIES, firstPageTries: 1 } }),
    );
    this.#apply(() => {
      this.#notify(() => {
        this.#listener.onSync(list.items);
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
      // Without a pause between them, so that a listener can handle events that arrive together at once.
      for await (const lines of readLines(stream, silence.postpone)) {
        this.#apply(() => {
          for (const line of lines) this.#applyLine(line);
        });
      }
    } catch (error) {
      if (!silence.signal.aborted) {
        throw error;
      }
      // The connection is dead, or nothing changed: the next watch handles both.
    } finally {
      silence.disarm();
      if (performance.now() - begunAt > this.#settings.longestBackoffSeconds * 1000) {
        this.#idleAttempts = 0;
      }
    }
  }

  #applyLine(line: string): void {
    const event = parseWatchEvent(line);
    if (event.type === 'error') {
      throw new ClusterFailure('ServerError', this.#toEndedMessage(event.message), event.code);
    }
    if (event.type !== 'bookmark') {
      const item = this.#resource.toItem(event.object as Model);
      this.#notify(() => {
        this.#listener[event.type === 'changed' ? 'onChange' : 'onRemove'](item);
      });
    }
    this.#resourceVersion = event.resourceVersion;
    this.#idleAttempts = 0;
  }

  /** A failure in `work` loses an event, so the next attempt lists again. */
  #apply(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#resourceVersion = undefined;
      throw error instanceof ClusterFailure ? error : toUnreadableFailure(200, this.#question);
    }
  }

  #toEndedMessage(message: string): string {
    const detail = message === '' ? '' : ` API server message: ${message}`;
    return `Could not continue to ${this.#resource.purpose}: the API server ended the watch.${detail}`;
  }

  get #question(): Question {
    return this.#client.toQuestion(this.#resource);
  }

  #notify(call: () => void): void {
    if (!this.#stopping.signal.aborted) {
      call();
    }
  }

  /** A first closed or expired watch is normal and is resumed immediately. */
  async #pause(failure: ClusterFailure | undefined): Promise<void> {
    if (failure === undefined && this.#idleAttempts <= 1) {
      return;
    }
    const { firstBackoffSeconds, longestBackoffSeconds } = this.#settings;
    const grown = firstBackoffSeconds * 2 ** Math.min(this.#idleAttempts - 1, 10);
    const seconds = Math.min(longestBackoffSeconds, Math.max(grown, failure?.retryAfterSeconds ?? 0));
    try {
      await sleep(seconds * 1000 * (0.5 + Math.random() / 2), undefined, { signal: this.#stopping.signal });
    } catch {
      // Stopped during the pause.
    }
  }
}
