import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { API_PAGE_PATH, formatApiPage, PUBLIC_ENTRIES } from '../../stack/package/format-api-page.ts';
import { readApi } from '../../stack/package/read-api.ts';

/** Of TypeScript, of Node.js and of the Temporal SDK. */
const FOREIGN = [
  ...['Error', 'Exclude', 'NonNullable', 'Partial', 'Pick', 'Promise', 'Readonly', 'Record', 'AbortSignal'],
  ...['AsyncIterable', 'Client', 'ConnectionLike', 'NativeConnection', 'WorkerOptions'],
];

/** From these others are made: a caller never has a value of them. */
const SOURCES = ['DecommissionRequest', 'NodeFacts', 'RequestKey', 'InputOf', 'Key'];

const ITEMS = PUBLIC_ENTRIES.flatMap(({ path }) => readApi(path));

describe('the public API', () => {
  it('is what docs/api.md shows: to update it, run `npm run docs:api`', () => {
    expect(readFileSync(API_PAGE_PATH, 'utf8')).toBe(formatApiPage());
  });

  it('has a docstring on everything that is exported, and on every member that is a number or takes arguments', () => {
    expect(ITEMS.filter(({ description }) => description === '').map(({ name }) => name)).toEqual([]);
    expect(ITEMS.flatMap(({ name, undescribed }) => undescribed.map((member) => `${name}.${member}`))).toEqual([]);
  });

  it('exports every type that its types name', () => {
    const known = new Set([...ITEMS.map(({ name }) => name), ...FOREIGN, ...SOURCES]);
    const missing = ITEMS.flatMap(({ name, mentions }) =>
      mentions.filter((mention) => !known.has(mention)).map((mention) => `${mention}, of ${name}`),
    );
    expect(missing).toEqual([]);
  });

  it.each([
    ['createDecommissionClient', 'DecommissionError `ServerUnreachable`'],
    ['createDecommissionWorker', 'TemporalAccessDenied'],
    ['loadConfiguration', 'ConfigurationError `InvalidConfiguration`'],
  ])('shows how %s fails', (name, failure) => {
    expect(ITEMS.find((item) => item.name === name)?.failures.join('\n')).toContain(failure);
  });
});
