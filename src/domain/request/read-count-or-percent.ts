import type { CountOrPercent } from './decommission-request.ts';
import { toQuotedValue } from './quoted-value.ts';
import { accept, refuse } from './field.ts';
import { anyOf, describeReader, type KeyReader } from './schema/json-schema.ts';

/** The integer of a Kubernetes IntOrString has 32 bits. */
const MAXIMUM_COUNT = 2_147_483_647;
const PERCENT = /^([1-9][0-9]?|100)%$/;

const COUNT_SCHEMA = { type: 'integer', minimum: 1, maximum: MAXIMUM_COUNT };

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MAXIMUM_COUNT;

const isZero = (value: unknown): boolean => value === 0 || value === '0' || value === '0%';

const isCountInQuotes = (value: unknown): boolean => typeof value === 'string' && /^[0-9]{1,3}$/.test(value);

/** A whole number of at least 1, or `"1%"` to `"100%"`. `ofZero`: the end of the refusal of zero. */
export const toCountOrPercentReader = (ofZero: string): KeyReader<CountOrPercent, number | `${number}%`> =>
  describeReader(anyOf(COUNT_SCHEMA, { type: 'string', pattern: PERCENT.source }), (value) => {
    if (isCount(value) || (typeof value === 'string' && PERCENT.test(value))) return accept(value);
    const inQuotes = isCountInQuotes(value) ? '; remove the quotes, or add "%"' : '';
    const hint = isZero(value) ? ofZero : inQuotes;
    return refuse(
      `must be a whole number of at least 1, or a percentage from "1%" to "100%", but is ${toQuotedValue(value)}${hint}`,
    );
  });

/** A whole number of at least 1. `ofZero`: the end of the refusal of zero. */
export const toCountReader = (ofZero: string): KeyReader<number> =>
  describeReader(COUNT_SCHEMA, (value) => {
    if (isCount(value)) return accept(value);
    const inQuotes = isCountInQuotes(value) ? '; remove the quotes' : '';
    const hint = isZero(value) ? ofZero : inQuotes;
    return refuse(`must be a whole number of at least 1, but is ${toQuotedValue(value)}${hint}`);
  });
