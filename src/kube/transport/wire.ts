/**
 * A client-node model as it is transferred: plain JSON, with times as RFC 3339 text. The library's generated classes convert times to
 * `Date` and drop unknown fields; LIST and WATCH both return this form instead.
 */
export type Wire<Model> = Model extends Date
  ? string
  : Model extends readonly (infer Element)[]
    ? readonly Wire<Element>[]
    : Model extends object
      ? { readonly [Key in keyof Model]: Wire<Model[Key]> }
      : Model;

/** One page of a LIST. `items` is null when a Go server has none. */
export interface ListPage<Item> {
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string };
  readonly items?: readonly Item[] | null;
}

/** `meta/v1` Status: what the API server returns instead of an object. */
export interface Status {
  readonly reason: string;
  readonly message: string;
  readonly causes: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

export interface StatusCause {
  readonly type: string;
  /** Path of the invalid field, for a 422. */
  readonly field: string;
  readonly message: string;
}

const MESSAGE_LIMIT = 300;

/** One line of at most 300 characters, so that a server's text fits into a message. */
export const toShortText = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= MESSAGE_LIMIT ? line : `${line.slice(0, MESSAGE_LIMIT - 1)}…`;
};

/** The Status in a response body; `undefined` when the body is anything else, e.g. a proxy's HTML page. */
export const toStatus = (body: string): Status | undefined => {
  const value = parseObject(body);
  if (value?.['kind'] !== 'Status') {
    return undefined;
  }
  const details = asObject(value['details']);
  const retryAfterSeconds = details?.['retryAfterSeconds'];
  return {
    reason: asText(value['reason']),
    message: toShortText(asText(value['message'])),
    causes: toCauses(details?.['causes']),
    ...(typeof retryAfterSeconds === 'number' && retryAfterSeconds > 0 ? { retryAfterSeconds } : {}),
  };
};

/** The token with which the rest of an expired list can be read in its present state; `undefined` when the server offers none. */
export const toContinueToken = (body: string): string | undefined => {
  const value = asObject(parseObject(body)?.['metadata'])?.['continue'];
  return typeof value === 'string' && value !== '' ? value : undefined;
};

/** The body is a JSON object, as an API server sends it: not the page of a proxy. */
export const isObject = (body: string): boolean => parseObject(body) !== undefined;

const toCauses = (value: unknown): readonly StatusCause[] =>
  (Array.isArray(value) ? value : []).map((cause: unknown) => ({
    type: asText(asObject(cause)?.['reason']),
    field: asText(asObject(cause)?.['field']),
    message: toShortText(asText(asObject(cause)?.['message'])),
  }));

const parseObject = (text: string): Record<string, unknown> | undefined => {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined;
  }
};

const asObject = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;

const asText = (value: unknown): string => (typeof value === 'string' ? value : '');
