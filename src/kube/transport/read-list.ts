import { setImmediate } from 'node:timers/promises';
import type { HttpMethod } from '@kubernetes/client-node';
import { toClusterFailure, toUnreadableFailure } from './api-failure.ts';
import type { ApiAnswer, Question } from './api-failure.ts';
import { sendPage } from './send-page.ts';
import type { PageRetries } from './send-page.ts';
import { toContinueToken } from './wire.ts';
import type { ListPage } from './wire.ts';

/** LIST page size, as kubectl's `--chunk-size`. */
const PAGE_SIZE = 500;

/** Objects that are reduced without a pause: pods take about 50 µs each. */
const SLICE_SIZE = 100;

/** The API server keeps what a continue token needs for 5 to 10 minutes. */
const MAX_EXPIRATIONS = 5;

export interface ObjectList<Item> {
  readonly items: readonly Item[];
  /** Of the last page; the one of all pages unless the rest was `laterState`. */
  readonly resourceVersion: string;
}

/** One LIST path with its selectors, and what is read of each object. */
export interface ListedResource<Item> {
  readonly path: string;
  /** Follows "Could not" in the failure's message. */
  readonly purpose: string;
  readonly query: Readonly<Record<string, string>>;
  readonly toItem: (model: never) => Item;
}

/** What happens to the rest of a list whose first pages are so old that the API server no longer has their state. */
export interface ListRules {
  /**
   * `startOver`: all pages are of one state. `laterState`: the rest is of the present state, so that an object that was created or deleted
   * meanwhile may be missing or too many; for readers of a large cluster, which changes while they read it anyway.
   */
  readonly whenExpired: 'startOver' | 'laterState';
  readonly retries: PageRetries;
}

interface PageCall {
  readonly method: HttpMethod;
  readonly path: string;
  readonly purpose: string;
  readonly query: Readonly<Record<string, string>>;
}

interface AnsweredPage {
  readonly call: PageCall;
  readonly answer: ApiAnswer;
}

/** What `readList` needs of an `ApiClient`. */
export interface PageSource {
  send(call: PageCall): Promise<ApiAnswer>;
  toResult(answer: ApiAnswer, call: PageCall): unknown;
  toQuestion(call: Pick<PageCall, 'purpose'>): Question;
}

/**
 * All objects, page by page, none of them from a cache: no resourceVersion is requested, because with `0` the API server ignores the limit
 * and sends everything at once (ADR 30). `toItem` reduces each object before the next page is parsed, so that a large cluster is never held
 * as a whole; it may be called again for the same object. The next page is requested meanwhile. A page that fails is requested again by
 * itself: `sendPage`.
 *
 * @throws ClusterFailure of any reason: a page failed, and trying again did not help.
 * @throws ClusterFailure `ServerError`: `toItem` throws, so the object is not what the API server should send.
 * @throws ClusterFailure `Conflict`, retryable: the list expired again and again.
 */
export const readList = async <Item>(
  source: PageSource,
  resource: ListedResource<Item>,
  rules: ListRules,
): Promise<ObjectList<Item>> => await new ListReading(source, resource, rules).run();

/** API servers write the metadata of a list, which has only texts and numbers, before its items. */
const CONTINUE_TOKEN = /^\{[^[{]*"metadata":\{[^[{}]*"continue":"(?<token>[\w-]+)"/;
const HEAD_LENGTH = 4000;

/** The token of the next page, from the beginning of a page that is not parsed yet; `undefined`: not found there. */
const findContinueToken = (body: string): string | undefined =>
  CONTINUE_TOKEN.exec(body.slice(0, HEAD_LENGTH))?.groups?.['token'];

class ListReading<Item> {
  readonly #source: PageSource;
  readonly #resource: ListedResource<Item>;
  readonly #rules: ListRules;
  readonly #items: Item[] = [];
  /** Of the next page; undefined: the first one. */
  #token: string | undefined;
  #expirations = 0;

  constructor(source: PageSource, resource: ListedResource<Item>, rules: ListRules) {
    this.#source = source;
    this.#resource = resource;
    this.#rules = rules;
  }

  async run(): Promise<ObjectList<Item>> {
    let { call, answer } = await this.#request();
    for (;;) {
      if (answer.status === 410 && call.query['continue'] !== undefined) {
        this.#recover(answer, call);
        ({ call, answer } = await this.#request());
        continue;
      }
      const { next, resourceVersion } = await this.#take(answer, call);
      if (next === undefined) return { items: this.#items, resourceVersion };
      ({ call, answer } = await next);
    }
  }

  /** Requests the next page as soon as its token is known, then adds the objects of this one: the API server works meanwhile. */
  async #take(
    answer: ApiAnswer,
    call: PageCall,
  ): Promise<{ readonly next: Promise<AnsweredPage> | undefined; readonly resourceVersion: string }> {
    this.#token = answer.status === 200 ? findContinueToken(answer.body) : undefined;
    const next = this.#token === undefined ? undefined : this.#request();
    // It is awaited after this page, which may fail first.
    next?.catch(() => undefined);
    const { items, metadata = {} } = this.#source.toResult(answer, call) as ListPage<unknown>;
    await this.#addItems(items ?? [], call);
    if (next !== undefined || !metadata.continue) return { next, resourceVersion: metadata.resourceVersion ?? '' };
    this.#token = metadata.continue;
    return { next: this.#request(), resourceVersion: '' };
  }

  async #request(): Promise<AnsweredPage> {
    const call = this.#toCall();
    const { retries } = this.#rules;
    const tries = this.#token === undefined ? retries.firstPageTries : retries.laterPageTries;
    return { call, answer: await sendPage(() => this.#source.send(call), tries, retries) };
  }

  /** Takes the token of the rest in its present state where that is allowed and there is one, else starts over. */
  #recover(expired: ApiAnswer, call: PageCall): void {
    this.#expirations += 1;
    if (this.#expirations > MAX_EXPIRATIONS) throw toClusterFailure(expired, this.#source.toQuestion(call));
    this.#token = this.#rules.whenExpired === 'laterState' ? toContinueToken(expired.body) : undefined;
    if (this.#token === undefined) this.#items.length = 0;
  }

  /** Other work of the process runs after the parsing of a page, and between slices of it. */
  async #addItems(models: readonly unknown[], call: PageCall): Promise<void> {
    for (let start = 0; start < models.length; start += SLICE_SIZE) {
      await setImmediate();
      for (const model of models.slice(start, start + SLICE_SIZE)) this.#items.push(this.#toItem(model, call));
    }
  }

  #toItem(model: unknown, call: PageCall): Item {
    try {
      return this.#resource.toItem(model as never);
    } catch {
      throw toUnreadableFailure(200, this.#source.toQuestion(call));
    }
  }

  #toCall(): PageCall {
    const { path, purpose, query } = this.#resource;
    const next = this.#token === undefined ? {} : { continue: this.#token };
    return { method: 'GET', path, purpose, query: { ...query, limit: String(PAGE_SIZE), ...next } };
  }
}
