import { toQuotedValue } from './quoted-value.ts';

/** One problem of a request. */
export interface RequestProblem {
  /** As the caller spelled it; the canonical key when it is missing; empty when the request as a whole is invalid. */
  readonly key: string;
  /** One sentence without its full stop: what is wrong and what to write. Never contains the value of an unknown key. */
  readonly message: string;
}

/** A value in its canonical form, or what is wrong with it: the rest of a sentence that starts with the key. */
export type FieldReading<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly complaint: string };

/** Checks and converts one value of a request. Never throws, whatever the value is. */
export type FieldReader<Value> = (value: unknown) => FieldReading<Value>;

export const accept = <Value>(value: Value): FieldReading<Value> => ({ ok: true, value });
export const refuse = (complaint: string): FieldReading<never> => ({ ok: false, complaint });

/** The boolean `true` or `false`, not a string. */
export const readBoolean: FieldReader<boolean> = (value) => {
  if (typeof value === 'boolean') {
    return accept(value);
  }
  const hint = value === 'true' || value === 'false' ? '; remove the quotes' : '';
  return refuse(`must be true or false, but is ${toQuotedValue(value)}${hint}`);
};

/** Exactly one of the given words. A refusal lists the `offered` ones. */
export const toChoiceReader =
  <Choice extends string>(choices: readonly Choice[], offered: readonly string[]): FieldReader<Choice> =>
  (value) => {
    const choice = choices.find((candidate) => candidate === value);
    const listed = `${offered.length > 1 ? 'one of ' : ''}${offered.map((candidate) => `"${candidate}"`).join(', ')}`;
    return choice === undefined ? refuse(`must be ${listed}, but is ${toQuotedValue(value)}`) : accept(choice);
  };

/** A string of 1 to `maximumLength` characters; of the control characters only line ends and tabs, because terminals print it. */
export const toTextReader =
  (maximumLength: number): FieldReader<string> =>
  (value) => {
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
  };

/** A string, or a whole number that is converted to one. Numbers above 2^53 have already lost digits when JSON was parsed. */
export const toTextOrNumberReader = (maximumLength: number): FieldReader<string> => {
  const readText = toTextReader(maximumLength);
  return (value) => {
    if (typeof value !== 'number') {
      return readText(value);
    }
    return Number.isSafeInteger(value)
      ? accept(String(value))
      : refuse(`must be a string or a whole number, but is ${toQuotedValue(value)}; write it in quotes`);
  };
};
