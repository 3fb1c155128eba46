import { RequestContext } from '@kubernetes/client-node/dist/gen/http/http.js';
import type { HttpMethod, KubeConfig } from '@kubernetes/client-node';
import {
  isObjectMissing,
  toClusterFailure,
  toConnectionFailure,
  toCredentialFailure,
  toUnreadableFailure,
} from './api-failure.ts';
import type { ApiAnswer, Question } from './api-failure.ts';
import { confirmDenial } from './confirm-denial.ts';
import type { ExecCredentials } from './exec-credentials.ts';
import { ExecPluginError } from './exec-plugin.ts';
import { readList } from './read-list.ts';
import type { ListedResource, ListRules, ObjectList } from './read-list.ts';
import { awaitUnlessAborted, toRequestSignal } from './request-signal.ts';
import { readText, sendHttp, type HttpResponse } from './send-http.ts';
import { PAGE_RETRIES } from './send-page.ts';
import type { PageRetries } from './send-page.ts';
import { SilenceAlarm } from './silence-alarm.ts';

const READINESS: ApiCall = { method: 'GET', path: '/readyz', purpose: 'check whether the API server is ready' };

export interface ApiCall {
  readonly method: HttpMethod;
  /** Below the server's address, e.g. `/api/v1/nodes/node-1`; see `toPath`. */
  readonly path: string;
  /** Follows "Could not" in the failure's message. */
  readonly purpose: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

interface OpenedResponse {
  readonly response: HttpResponse;
  /** Of the credentials that were sent. */
  readonly generation: number;
}

export interface ApiClientOptions {
  readonly cluster: string;
  readonly kubeConfig: KubeConfig;
  /** Of an exec plugin of that kubeconfig; absent: it has none. */
  readonly credentials?: ExecCredentials;
  /** Deadline of one request; a paginated LIST has one per page. */
  readonly requestTimeoutSeconds: number;
  readonly userAgent: string;
  /** Absent: PAGE_RETRIES. */
  readonly pageRetries?: PageRetries;
}

/**
 * The only client of an API server, for LIST, WATCH, discovery and writes: client-node's address, credentials and transport without its
 * generated classes, whose errors contain headers and bodies and whose Watch accepts no signal.
 * Every request has a deadline and is aborted by the ambient signal (`runWithSignal`). Throws only `ClusterFailure`.
 */
export class ApiClient {
  readonly #options: ApiClientOptions;

  constructor(options: ApiClientOptions) {
    this.#options = options;
  }

  /**
   * Returns the response, whatever its status. A denial is confirmed first: `confirmDenial`.
   *
   * @throws ClusterFailure `Unreachable`, retryable: there is no response.
   */
  async send(call: ApiCall): Promise<ApiAnswer> {
    return await confirmDenial(await this.#sendOnce(call), {
      repeat: () => this.#sendOnce(call),
      readReadiness: () => this.#sendOnce(READINESS),
    });
  }

  async #sendOnce(call: ApiCall): Promise<ApiAnswer> {
    try {
      const response = await this.#open(call, toRequestSignal(this.#options.requestTimeoutSeconds));
      return await toApiAnswer(response);
    } catch (error) {
      throw toConnectionFailure(error, this.toQuestion(call));
    }
  }

  /** The object of a successful response. */
  async request<Result>(call: ApiCall): Promise<Result> {
    return this.toResult(await this.send(call), call) as Result;
  }

  /** The object, or `undefined` when the server reports that no object has that name. */
  async read<Result>(path: string, purpose: string): Promise<Result | undefined> {
    const call: ApiCall = { method: 'GET', path, purpose };
    const answer = await this.send(call);
    return isObjectMissing(answer) ? undefined : (this.toResult(answer, call) as Result);
  }

  /**
   * All objects, uncached, page by page: `readList`. Absent rules: all pages are of one state, and a page is tried again as often as
   * `ApiClientOptions.pageRetries` allows.
   *
   * @throws ClusterFailure as `readList`.
   */
  async list<Item>(resource: ListedResource<Item>, rules: Partial<ListRules> = {}): Promise<ObjectList<Item>> {
    const { pageRetries: retries = PAGE_RETRIES } = this.#options;
    return await readList(this, resource, { whenExpired: 'startOver', retries, ...rules });
  }

  /**
   * Opens a response that streams until `signal` aborts or the server closes it. Errors while reading are the stream's own.
   *
   * @throws ClusterFailure of any reason: the response is not a success, or does not start within the deadline.
   */
  async openStream(call: ApiCall, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    const response = await this.#openWithinDeadline(call, signal);
    if (isSuccess(response.status)) return response.body;
    throw toClusterFailure(await toApiAnswer(response), this.toQuestion(call));
  }

  /**
   * The object of a successful response.
   *
   * @throws ClusterFailure of any reason: the response is not a success, or its body is not JSON.
   */
  toResult(answer: ApiAnswer, call: ApiCall): unknown {
    if (!isSuccess(answer.status)) {
      throw toClusterFailure(answer, this.toQuestion(call));
    }
    try {
      return JSON.parse(answer.body);
    } catch {
      throw toUnreadableFailure(answer.status, this.toQuestion(call));
    }
  }

  /** Describes a call for a failure's message. */
  toQuestion(call: Pick<ApiCall, 'purpose'>): Question {
    return { cluster: this.#options.cluster, purpose: call.purpose };
  }

  /** The deadline applies until the response starts. */
  async #openWithinDeadline(call: ApiCall, signal: AbortSignal): Promise<HttpResponse> {
    const deadline = new SilenceAlarm(this.#options.requestTimeoutSeconds);
    try {
      return await this.#open(call, AbortSignal.any([deadline.signal, signal]));
    } catch (error) {
      throw toConnectionFailure(error, this.toQuestion(call));
    } finally {
      deadline.disarm();
    }
  }

  async #open(call: ApiCall, signal: AbortSignal): Promise<HttpResponse> {
    const first = await this.#openOnce(call, signal);
    const { credentials } = this.#options;
    if (first.response.status !== 401 || credentials?.reject(first.generation) !== true) return first.response;
    // Rejected before anything else is done: the request had no effect.
    await readText(first.response);
    return (await this.#openOnce(call, signal)).response;
  }

  async #openOnce(call: ApiCall, signal: AbortSignal): Promise<OpenedResponse> {
    const context = new RequestContext(this.#toUrl(call), call.method);
    await this.#authenticate(context, call, signal);
    const generation = this.#options.credentials?.generation ?? 0;
    context.setHeaderParam('User-Agent', this.#options.userAgent);
    context.setHeaderParam('Accept', 'application/json');
    if (call.body !== undefined) {
      context.setHeaderParam(
        'Content-Type',
        call.method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
      );
      context.setBody(JSON.stringify(call.body));
    }
    context.setSignal(signal);
    return { response: await sendHttp(context), generation };
  }

  async #authenticate(context: RequestContext, call: ApiCall, signal: AbortSignal): Promise<void> {
    try {
      await awaitUnlessAborted(signal, this.#options.kubeConfig.applySecurityAuthentication(context));
    } catch (error) {
      if (signal.aborted) throw error;
      throw toCredentialFailure(this.toQuestion(call), error instanceof ExecPluginError ? error.message : undefined);
    }
  }

  #toUrl(call: ApiCall): string {
    const server = this.#options.kubeConfig.getCurrentCluster()?.server ?? '';
    const query = new URLSearchParams(call.query).toString();
    return `${server}${call.path}${query === '' ? '' : `?${query}`}`;
  }
}

/** A path from its segments, each escaped: `toPath('api', 'v1', 'nodes', name)`. */
export const toPath = (...segments: readonly string[]): string => `/${segments.map(encodeURIComponent).join('/')}`;

const isSuccess = (status: number): boolean => status >= 200 && status < 300;

const toApiAnswer = async (response: HttpResponse): Promise<ApiAnswer> => {
  const body = await readText(response);
  // API servers do not use the HTTP date form, and a proxy's clock may differ from the local one.
  const seconds = Number(response.toHeader('retry-after'));
  return {
    status: response.status,
    body,
    ...(Number.isFinite(seconds) && seconds > 0 ? { retryAfterSeconds: seconds } : {}),
  };
};
