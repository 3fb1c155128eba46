import type { CountOrPercent } from './decommission-request.ts';
import { toQuotedValue } from './quoted-value.ts';
import { accept, refuse, type FieldReader } from './field.ts';

/** The integer of a Kubernetes IntOrString has 32 bits. */
const MAXIMUM_COUNT = 2_147_483_647;
const PERCENT = /^([1-9][0-9]?|100)%$/;

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MAXIMUM_COUNT;

const toHint = (value: unknown): string => {
  if (value === 0 || value === '0' || value === '0%') {
    return ', which would block every eviction';
  }
  return typeof value === 'string' && /^[0-9]{1,3}$/.test(value) ? '; remove the quotes, or add "%"' : '';
};

/** A whole number of at least 1, or `"1%"` to `"100%"`. Zero would block the drain forever. */
export const readCountOrPercent: FieldReader<CountOrPercent> = (value) =>
  isCount(value) || (typeof value === 'string' && PERCENT.test(value))
    ? accept(value)
    : refuse(
        `must be a whole number of at least 1, or a percentage from "1%" to "100%", but is ${toQuotedValue(value)}${toHint(value)}`,
      );
