import { describe, expect, it } from '@jest/globals';
import { parseRequest } from '../../../src/domain/request/parse-request.ts';
import { messageFor } from '../../builders/refused-request.ts';

const night = { cron: '0 22 * * MON-FRI', timeZone: 'Europe/Berlin', durationMinutes: 480 };

describe('windows', () => {
  const example = '{"cron": "0 22 * * MON-FRI", "timeZone": "Europe/Berlin", "durationMinutes": 480}';

  it('are accepted as they are written', () => {
    const parsed = parseRequest({ nodeNames: ['node-1'], windows: [night] });
    expect(parsed).toMatchObject({ kind: 'valid', request: { windows: [night], onWindowClose: 'finishNode' } });
  });

  it.each<[string, unknown, string]>([
    ['one object', night, `must be a list of objects like ${example}, but is an object`],
    ['none', [], 'must list 1 to 20 windows, but lists 0; omit it to start at any time'],
    ['a text inside', ['22:00'], `entry 1 must be an object like ${example}, but is "22:00"`],
    [
      'another key',
      [night, { ...night, hours: 8 }],
      'entry 2 has the unknown key `hours`; the keys are `cron`, `timeZone` and `durationMinutes`',
    ],
    [
      'a field for seconds',
      [{ ...night, cron: '0 0 22 * * *' }],
      'entry 1 needs a `cron` of 5 fields with one space between them, for example "0 22 * * MON-FRI", but has "0 0 22 * * *"',
    ],
    [
      'no time zone',
      [{ ...night, timeZone: undefined }],
      'entry 1 needs a `timeZone`, for example "Europe/Berlin" or "UTC", but has nothing',
    ],
    [
      'an unknown time zone',
      [{ ...night, timeZone: 'Mars/Olympus' }],
      'entry 1 has an unknown `timeZone`; write an IANA name, for example "Europe/Berlin" or "UTC"',
    ],
    ['a date that never comes', [{ ...night, cron: '0 0 31 2 *' }], 'entry 1 has a `cron` of a date that never comes'],
    [
      'half a minute',
      [{ ...night, durationMinutes: 0.5 }],
      'entry 1 needs `durationMinutes`, a whole number from 1 to 10080, but has 0.5',
    ],
  ])('are refused: %s', (_name, windows, complaint) => {
    expect(messageFor({ windows })).toBe(`\`windows\` ${complaint}`);
  });
});
