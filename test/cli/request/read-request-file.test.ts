import { describe, expect, it } from '@jest/globals';
import { readRequestFile } from '../../../src/cli/request/read-request-file.ts';
import { toInput } from '../typed-input.ts';

const REQUEST = { nodeNames: ['worker-7'], maxUnavailable: '25%', force: true };

describe('readRequestFile', () => {
  it.each([
    ['JSON', '{"nodeNames": ["worker-7"], "maxUnavailable": "25%", "force": true}'],
    ['YAML', '# retire\nnodeNames:\n  - worker-7\nmaxUnavailable: 25%\nforce: true\n'],
    ['YAML in one line', '{nodeNames: [worker-7], maxUnavailable: 25%, force: true}'],
  ])('reads %s', async (_format, text) => {
    expect(await readRequestFile('-', toInput(text.slice(0, 9), text.slice(9)))).toEqual(REQUEST);
  });

  it.each([
    ['{"nodeNames": ["a"', 'standard input is not JSON: '],
    ['nodeNames: [a\nforce: true', 'standard input is not YAML: '],
    ['force: true\nforce: false', 'standard input is not YAML: Map keys must be unique'],
    ['a: 1\n---\nb: 2', 'standard input is not YAML: '],
    ['x'.repeat(4 * 1024 * 1024 + 1), 'standard input is larger than 4 MiB'],
  ])('refuses %.30j', async (text, message) => {
    await expect(readRequestFile('-', toInput(text))).rejects.toThrow(message);
  });

  it('names a file that cannot be read', async () => {
    await expect(readRequestFile('/no/such.yaml', toInput())).rejects.toThrow(
      'cannot read the request file /no/such.yaml (ENOENT)',
    );
  });
});
