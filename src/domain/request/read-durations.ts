import { toQuotedValue } from './quoted-value.ts';
import { accept, refuse } from './field.ts';
import { anyOf, describeReader, type KeyReader, type JsonSchema } from './schema/json-schema.ts';

/** One year: a larger number is a mistake, and adding it to a time could exceed the range of dates. */
const MAXIMUM_SECONDS = 31_536_000;

const isSeconds = (value: unknown, minimum: number): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= minimum && value <= MAXIMUM_SECONDS;

const toSchema = (minimum: number): JsonSchema => ({ type: 'integer', minimum, maximum: MAXIMUM_SECONDS });

const toHint = (value: unknown): string => (typeof value === 'string' ? '; write it without quotes or unit' : '');

/** Whole seconds from 0 (no limit) to one year. */
export const readTimeoutSeconds: KeyReader<number> = describeReader(toSchema(0), (value) =>
  isSeconds(value, 0)
    ? accept(value)
    : refuse(
        `must be a whole number of seconds from 0 (no limit) to ${MAXIMUM_SECONDS}, but is ${toQuotedValue(value)}${toHint(value)}`,
      ),
);

/** Whole seconds from 1 to one year, or -1 = each pod's own. */
export const readGracePeriodSeconds: KeyReader<number> = describeReader(anyOf({ const: -1 }, toSchema(1)), (value) => {
  if (value === 0) {
    return refuse(
      'must not be 0: that deletes the pod from the API without waiting for the kubelet, so its containers may still run; ' +
        "write 1 or more, or -1 for each pod's own",
    );
  }
  return value === -1 || isSeconds(value, 1)
    ? accept(value)
    : refuse(
        `must be a whole number of seconds from 1 to ${MAXIMUM_SECONDS}, or -1 for each pod's own, but is ${toQuotedValue(value)}${toHint(value)}`,
      );
});
