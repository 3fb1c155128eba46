import type { FieldReading } from './field-reader.ts';
import { anyOf, describeReader, type KeyReader } from './schema/json-schema.ts';
import { toQuotedValue } from './quoted-value.ts';

/** One problem of a request. */
export interface RequestProblem {
  /** As the caller spelled it; the canonical key when it is missing; empty when the request as a whole is invalid. */
  readonly key: string;
  /** One sentence without its full stop: what is wrong and what to write. Never contains the value of an unknown key. */
  readonly message: string;
}

export const accept = <Value>(value: Value): FieldReading<Value> => ({ ok: true, value });
export const refuse = (complaint: string): FieldReading<never> => ({ ok: false, complaint });

/** The boolean `true` or `false`, not a string. */
export const readBoolean: KeyReader<boolean> = describeReader({ type: 'boolean' }, (value) => {
  if (typeof value === 'boolean') {
    return accept(value);
  }
  const hint = value === 'true' || value === 'false' ? '; remove the quotes' : '';
  return refuse(`must be true or false, but is ${toQuotedValue(value)}${hint}`);
});

/** Exactly one of the given words. A refusal lists them. */
export const toChoiceReader = <Choice extends string>(choices: readonly Choice[]): KeyReader<Choice> =>
  describeReader({ enum: choices }, (value) => {
    const choice = choices.find((candidate) => candidate === value);
    const listed = choices.map((candidate) => `"${candidate}"`).join(', ');
    return choice === undefined ? refuse(`must be one of ${listed}, but is ${toQuotedValue(value)}`) : accept(choice);
  });

/** Not only spaces, and of the control characters only line ends and tabs. */
const TEXT_PATTERN = '^(?=[\\s\\S]*\\S)[^\\u0000-\\u0008\\u000B\\u000C\\u000E-\\u001F\\u007F-\\u009F]*$';

/** A string of 1 to `maximumLength` characters; of the control characters only line ends and tabs, because terminals print it. */
export const toTextReader = (maximumLength: number): KeyReader<string> =>
  describeReader({ type: 'string', minLength: 1, maxLength: maximumLength, pattern: TEXT_PATTERN }, (value) => {
    if (typeof value !== 'string') {
      return refuse(`must be a string, but is ${toQuotedValue(value)}`);
    }
    if (value.trim() === '') {
      return refuse('must not be empty; omit it instead');
    }
    if (value.length > maximumLength) {
      return refuse(`must have at most ${maximumLength} characters, but has ${value.length}`);
    }
    return /[^\P{Cc}\n\r\t]/u.test(value) ? refuse('must not contain control characters') : accept(value);
  });

/** A string, or a whole number that is converted to one. Numbers above 2^53 have already lost digits when JSON was parsed. */
export const toTextOrNumberReader = (maximumLength: number): KeyReader<string, string | number> => {
  const readText = toTextReader(maximumLength);
  const number = { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER };
  return describeReader(anyOf(readText.schema, number), (value) => {
    if (typeof value !== 'number') {
      return readText(value);
    }
    return Number.isSafeInteger(value)
      ? accept(String(value))
      : refuse(`must be a string or a whole number, but is ${toQuotedValue(value)}; write it in quotes`);
  });
};
