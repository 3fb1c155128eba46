import { isJsonObject, type JsonObject } from '../text/json-text.ts';
import { toQuotedValue } from './quoted-value.ts';
import { accept, refuse } from './field.ts';
import type { FieldReading } from './field-reader.ts';

/** Each child workflow records the request in its history, and a history is limited to 50 MB. */
const MAXIMUM_CHARACTERS = 100_000;
/** About twenty exist. */
const MAXIMUM_KEYS = 100;

const EXAMPLE = '{"nodeNames": ["node-1"]}';

const readJsonLength = (value: unknown): number | undefined => {
  try {
    return JSON.stringify(value).length;
  } catch {
    return undefined;
  }
};

const toKindMessage = (input: unknown): string => {
  if (input === undefined || input === null) {
    return `the request is missing; pass one JSON object, for example ${EXAMPLE}`;
  }
  const hint = typeof input === 'string' && input.trimStart().startsWith('{') ? 'remove the quotes around it, ' : '';
  return `the request must be one JSON object, but is ${toQuotedValue(input)}; ${hint}for example ${EXAMPLE}`;
};

const toSizeMessage = (request: JsonObject): string | undefined => {
  const keyCount = Object.keys(request).length;
  if (keyCount > MAXIMUM_KEYS) {
    return `the request has ${keyCount} keys; at most ${MAXIMUM_KEYS} are allowed`;
  }
  const length = readJsonLength(request);
  if (length === undefined) {
    return 'the request cannot be serialized as JSON';
  }
  return length > MAXIMUM_CHARACTERS
    ? `the request is ${length} characters long as JSON; at most ${MAXIMUM_CHARACTERS} are allowed, so shorten its lists and strings`
    : undefined;
};

/** One JSON object of a reasonable size, or the one problem that prevents any further check. */
export const readRequestObject = (input: unknown): FieldReading<JsonObject> => {
  if (!isJsonObject(input)) {
    return refuse(toKindMessage(input));
  }
  const message = toSizeMessage(input);
  return message === undefined ? accept(input) : refuse(message);
};
