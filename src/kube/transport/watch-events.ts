import { toStatus } from './wire.ts';

/** One line of a WATCH. */
export type WatchEvent =
  | { readonly type: 'changed' | 'removed'; readonly object: object; readonly resourceVersion: string }
  | { readonly type: 'bookmark'; readonly resourceVersion: string }
  /** The server ends the watch; `code` 410: the changes since our resourceVersion are no longer available. */
  | { readonly type: 'error'; readonly code: number; readonly message: string };

/**
 * The complete lines of a stream of bytes, those that arrive together in one list; `onBytes` is called for every chunk. An incomplete last
 * line is dropped.
 */
export const readLines = async function* (
  stream: AsyncIterable<Uint8Array>,
  onBytes: () => void,
): AsyncGenerator<readonly string[]> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of stream) {
    onBytes();
    const lines = `${rest}${decoder.decode(bytes, { stream: true })}`.split('\n');
    rest = lines.pop() ?? '';
    yield lines.filter((line) => line.trim() !== '');
  }
};

/** @throws SyntaxError: the line is not a watch event. */
export const parseWatchEvent = (line: string): WatchEvent => {
  const { type, object } = JSON.parse(line) as { readonly type?: unknown; readonly object?: unknown };
  if (typeof object !== 'object' || object === null) {
    throw new SyntaxError('A watch event without an object.');
  }
  const resourceVersion = toResourceVersion(object);
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
      return { type: 'changed', object, resourceVersion };
    case 'DELETED':
      return { type: 'removed', object, resourceVersion };
    case 'BOOKMARK':
      return { type: 'bookmark', resourceVersion };
    case 'ERROR':
      return toErrorEvent(object);
    default:
      throw new SyntaxError('A watch event of unknown type.');
  }
};

const toErrorEvent = (object: object): WatchEvent => ({
  type: 'error',
  code: 'code' in object && typeof object.code === 'number' ? object.code : 0,
  message: toStatus(JSON.stringify(object))?.message ?? '',
});

const toResourceVersion = (object: object): string => {
  const { metadata } = object as { readonly metadata?: { readonly resourceVersion?: unknown } };
  return typeof metadata?.resourceVersion === 'string' ? metadata.resourceVersion : '';
};
