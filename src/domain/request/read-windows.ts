import type { TimeWindow } from './decommission-request.ts';
import { isJsonObject } from '../text/json-text.ts';
import { findScheduleFault } from '../windows/judge-windows.ts';
import { toQuotedKey, toQuotedValue } from './quoted-value.ts';
import { accept, refuse } from './field.ts';
import type { FieldReader } from './field-reader.ts';
import { describeReader, type KeyReader } from './schema/json-schema.ts';

const MAXIMUM_WINDOWS = 20;
const MAXIMUM_LENGTH = 100;
/** A week. */
const MAXIMUM_MINUTES = 10_080;
const KEYS = ['cron', 'timeZone', 'durationMinutes'];
const EXAMPLE = '{"cron": "0 22 * * MON-FRI", "timeZone": "Europe/Berlin", "durationMinutes": 480}';
const CRON_PATTERN = '^[0-9A-Za-z*,/-]+( [0-9A-Za-z*,/-]+){4}$';
const ZONE_PATTERN = '^[A-Za-z][0-9A-Za-z_+/-]*$';

const isText = (value: unknown): value is string => typeof value === 'string' && value.length <= MAXIMUM_LENGTH;

const readWindow: FieldReader<TimeWindow> = (value) => {
  if (!isJsonObject(value)) return refuse(`must be an object like ${EXAMPLE}, but is ${toQuotedValue(value)}`);
  const unknownKey = Object.keys(value).find((key) => !KEYS.includes(key));
  if (unknownKey !== undefined)
    return refuse(
      `has the unknown key ${toQuotedKey(unknownKey)}; the keys are \`cron\`, \`timeZone\` and \`durationMinutes\``,
    );
  const { cron, timeZone, durationMinutes } = value;
  if (!isText(cron) || !new RegExp(CRON_PATTERN).test(cron))
    return refuse(
      `needs a \`cron\` of 5 fields with one space between them, for example "0 22 * * MON-FRI", but has ${toQuotedValue(cron)}`,
    );
  if (!isText(timeZone) || !new RegExp(ZONE_PATTERN).test(timeZone))
    return refuse(`needs a \`timeZone\`, for example "Europe/Berlin" or "UTC", but has ${toQuotedValue(timeZone)}`);
  if (!isMinutes(durationMinutes))
    return refuse(
      `needs \`durationMinutes\`, a whole number from 1 to ${MAXIMUM_MINUTES}, but has ${toQuotedValue(durationMinutes)}`,
    );
  const fault = findScheduleFault({ cron, timeZone });
  return fault === undefined ? accept({ cron, timeZone, durationMinutes }) : refuse(fault);
};

const isMinutes = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MAXIMUM_MINUTES;

const SCHEMA = {
  type: 'array',
  minItems: 1,
  maxItems: MAXIMUM_WINDOWS,
  items: {
    type: 'object',
    required: KEYS,
    additionalProperties: false,
    properties: {
      cron: { type: 'string', pattern: CRON_PATTERN, maxLength: MAXIMUM_LENGTH },
      timeZone: { type: 'string', pattern: ZONE_PATTERN, maxLength: MAXIMUM_LENGTH },
      durationMinutes: { type: 'integer', minimum: 1, maximum: MAXIMUM_MINUTES },
    },
  },
};

/** 1 to 20 windows. The schema has the form of schedules and time zones only; the reader also refuses what never fires, and unknown zones. */
export const readWindows: KeyReader<readonly TimeWindow[]> = describeReader(SCHEMA, (value) => {
  if (!Array.isArray(value)) return refuse(`must be a list of objects like ${EXAMPLE}, but is ${toQuotedValue(value)}`);
  if (value.length === 0 || value.length > MAXIMUM_WINDOWS)
    return refuse(`must list 1 to ${MAXIMUM_WINDOWS} windows, but lists ${value.length}; omit it to start at any time`);
  const windows: TimeWindow[] = [];
  for (const [index, entry] of (value as readonly unknown[]).entries()) {
    const reading = readWindow(entry);
    if (!reading.ok) return refuse(`entry ${index + 1} ${reading.complaint}`);
    windows.push(reading.value);
  }
  return accept(windows);
});
