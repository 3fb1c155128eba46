import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { parse, parseAllDocuments } from 'yaml';
import { configurationSchema } from '../../src/config/configuration-schema.ts';
import { toConfigurationSchema } from '../../src/config/json-schema.ts';
import { REQUEST_DEFAULTS } from '../../src/domain/request/defaults.ts';
import { REQUEST_KEYS } from '../../src/domain/request/keys.ts';
import { parseRequest } from '../../src/domain/request/parse-request.ts';
import { REQUEST_DESCRIPTIONS } from '../../src/domain/request/schema/descriptions.ts';
import { toRequestSchema } from '../../src/domain/request/schema/request-schema.ts';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(REPOSITORY, path), 'utf8');
const README = read('README.md');
const DOCUMENTS = [
  'README.md',
  ...readdirSync(join(REPOSITORY, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

interface Example {
  readonly place: string;
  readonly value: unknown;
}

/** YAML and JSON of code blocks, of here-documents in them, and of `--input '…'`. */
const EXAMPLES: readonly Example[] = DOCUMENTS.flatMap((path) => {
  const blocks = [...read(path).matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)];
  const texts = blocks.flatMap(([, language = '', text = '']) => {
    if (language === 'yaml' || language === 'json') return [text];
    return [
      ...[...text.matchAll(/<<'END'[^\n]*\n([\s\S]*?)^END$/gm)].map(([, inner = '']) => inner),
      ...[...text.matchAll(/--input '([^']+)'/g)].map(([, inner = '']) => inner),
    ];
  });
  return texts.map((text, index) => ({ place: `${path}, example ${index + 1}`, value: parse(text) as unknown }));
});

const hasKey = (value: unknown, keys: readonly string[]): boolean =>
  typeof value === 'object' && value !== null && keys.some((key) => key in value);

const REQUESTS = EXAMPLES.filter(({ value }) => hasKey(value, ['nodeNames', 'node_names']));
const CONFIGURATIONS = EXAMPLES.filter(({ value }) => hasKey(value, Object.keys(configurationSchema.shape)));

describe('examples in the documents', () => {
  it('are found', () => {
    expect([REQUESTS.length > 1, CONFIGURATIONS.length > 1]).toEqual([true, true]);
  });

  it.each(REQUESTS)('$place is a valid request', ({ value }) => {
    expect(parseRequest(value)).toMatchObject({ kind: 'valid' });
  });

  it.each(CONFIGURATIONS)('$place is a valid configuration', ({ value }) => {
    expect(configurationSchema.safeParse(value)).toMatchObject({ success: true });
  });

  it('deploy/compose/worker.yaml is a valid configuration', () => {
    const [document] = parseAllDocuments(read('deploy/compose/worker.yaml'));
    const value: unknown = document?.toJS();
    expect(configurationSchema.safeParse(value)).toMatchObject({ success: true });
  });
});

describe('the schemas in the package', () => {
  it.each([
    ['request', toRequestSchema()],
    ['configuration', toConfigurationSchema()],
  ])('%s is what `schema %s` prints; `npm run schemas` writes it', (name, schema) => {
    expect(JSON.parse(read(`schemas/${name}.json`))).toEqual(JSON.parse(JSON.stringify(schema)));
  });
});

/** The rows of the table of keys: each key with its default and its meaning. */
const ROWS = new Map(
  [...README.matchAll(/^\| (`\w+`(?:, `\w+`)*) +\| (.*?) +\| (.*?) +\|$/gm)].flatMap(
    ([, keys = '', fallback = '', meaning = '']) =>
      keys.split(', ').map((key) => [key.replaceAll('`', ''), { fallback, meaning }] as const),
  ),
);

describe('the table of keys in the README', () => {
  it.each(REQUEST_KEYS)('has the meaning of %s', (key) => {
    expect(ROWS.get(key)?.meaning).toBe(REQUEST_DESCRIPTIONS[key]);
  });

  it.each(Object.keys(REQUEST_DEFAULTS))('has the default of %s', (key) => {
    const value = REQUEST_DEFAULTS[key as keyof typeof REQUEST_DEFAULTS];
    expect(ROWS.get(key)?.fallback).toBe(typeof value === 'string' ? `\`${value}\`` : String(value));
  });
});
