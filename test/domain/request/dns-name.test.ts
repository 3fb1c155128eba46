import { expect, it } from '@jest/globals';
import { isDnsLabel, isDnsSubdomain } from '../../../src/domain/request/dns-name.ts';

const label253 = 'a'.repeat(253);

it.each([
  ['one letter', 'a', true, true],
  ['digits', '10', true, true],
  ['a hyphen inside', 'node-1', true, true],
  ['dots', 'ip-10-0-0-1.eu.compute.internal', false, true],
  ['63 characters', 'a'.repeat(63), true, true],
  ['64 characters', 'a'.repeat(64), false, true],
  ['253 characters', label253, false, true],
  ['254 characters', `${label253}a`, false, false],
  ['an empty text', '', false, false],
  ['a capital', 'Node', false, false],
  ['an underscore', 'node_1', false, false],
  ['a hyphen at the start', '-node', false, false],
  ['a hyphen at the end', 'node-', false, false],
  ['an empty part', 'a..b', false, false],
  ['a hyphen next to a dot', 'a-.b', false, false],
  ['a dot at the end', 'node.', false, false],
  ['a line end', 'node\n', false, false],
  ['a space', 'node 1', false, false],
])('%s: %j', (_case, text, label, subdomain) => {
  expect([isDnsLabel(text), isDnsSubdomain(text)]).toEqual([label, subdomain]);
});
