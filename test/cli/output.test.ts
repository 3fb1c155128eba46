import { describe, expect, it } from '@jest/globals';
import { createOutput, type OutputFormat } from '../../src/cli/output.ts';
import { createStreams } from './recorded-output.ts';

const print = (format: OutputFormat, stream = false): string => {
  const { streams, readStdout } = createStreams();
  const shared = { name: 'web' };
  createOutput(format, streams, {}, { stream }).result({ version: 1, one: shared, other: shared }, () => 'a table');
  return readStdout();
};

describe('createOutput', () => {
  it.each<[OutputFormat, string]>([
    ['text', 'a table\n'],
    ['wide', 'a table\n'],
    ['json', '{\n  "version": 1,\n  "one": {\n    "name": "web"\n  },\n  "other": {\n    "name": "web"\n  }\n}\n'],
    ['yaml', 'version: 1\none:\n  name: web\nother:\n  name: web\n'],
  ])('prints a result as %s', (format, text) => {
    expect(print(format)).toBe(text);
  });

  it.each<[OutputFormat, string]>([
    ['json', '{"version":1,"one":{"name":"web"},"other":{"name":"web"}}\n'],
    ['yaml', '---\nversion: 1\none:\n  name: web\nother:\n  name: web\n'],
    ['text', 'a table\n'],
  ])('prints a result in a stream as %s', (format, text) => {
    expect(print(format, true)).toBe(text);
  });
});
