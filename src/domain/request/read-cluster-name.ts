import { toQuotedValue } from './quoted-value.ts';
import { accept, refuse, toTextOrNumberReader } from './field.ts';
import { anyOf, describeReader, type KeyReader } from './schema/json-schema.ts';

const MAXIMUM_LENGTH = 100;

/** The name becomes a part of workflow ids, whose parts are separated by `/`. */
const CLUSTER_NAME = /^[A-Za-z0-9][A-Za-z0-9._:@-]*$/;

const SCHEMA = anyOf(
  { type: 'string', maxLength: MAXIMUM_LENGTH, pattern: CLUSTER_NAME.source },
  { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
);

const readText = toTextOrNumberReader(MAXIMUM_LENGTH);

/** A cluster's name in the worker's configuration, 1 to 100 characters; a number is converted to a string. */
export const readClusterName: KeyReader<string, string | number> = describeReader(SCHEMA, (value) => {
  const reading = readText(value);
  if (!reading.ok || CLUSTER_NAME.test(reading.value)) {
    return reading.ok ? accept(reading.value) : reading;
  }
  return refuse(
    `must be a cluster name of letters, digits, "-", "_", ".", ":" and "@" that starts with a letter or digit, but is ${toQuotedValue(value)}`,
  );
});
