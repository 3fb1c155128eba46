import { isJsonObject, type JsonObject } from '../text/json-text.ts';
import { toQuotedValue } from './quoted-value.ts';
import { accept, refuse, type FieldReading } from './field.ts';

/** The request travels through the history with each child workflow, and a history is bounded at 50 MB. */
const MAXIMUM_CHARACTERS = 100_000;
/** Some twenty exist. */
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
    return `there is no request; pass one JSON object, for example ${EXAMPLE}`;
  }
  const hint =
    typeof input === 'string' && input.trimStart().startsWith('{') ? 'pass it without quotes around it, ' : '';
  return `the request must be one JSON object, but is ${toQuotedValue(input)}; ${hint}for example ${EXAMPLE}`;
};

const toSizeMessage = (request: JsonObject): string | undefined => {
  const keyCount = Object.keys(request).length;
  if (keyCount > MAXIMUM_KEYS) {
    return `the request has ${keyCount} keys; at most ${MAXIMUM_KEYS} are read`;
  }
  const length = readJsonLength(request);
  if (length === undefined) {
    return 'the request cannot be written as JSON';
  }
  return length > MAXIMUM_CHARACTERS
    ? `the request is ${length} characters long as JSON; at most ${MAXIMUM_CHARACTERS} are accepted, so shorten its lists and texts`
    : undefined;
};

/** One JSON object of a sane size, or the one sentence that makes everything else moot. */
export const readRequestObject = (input: unknown): FieldReading<JsonObject> => {
  if (!isJsonObject(input)) {
    return refuse(toKindMessage(input));
  }
  const message = toSizeMessage(input);
  return message === undefined ? accept(input) : refuse(message);
};
