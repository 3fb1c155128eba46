import { describe, expect, it } from '@jest/globals';
import { messageFor } from '../../builders/refused-request.ts';

const web = { namespace: 'default', name: 'web' };

describe('workload lists', () => {
  const example = '{"namespace": "default", "name": "web"}';
  const nameRule =
    'lowercase letters, digits, "-" and ".", with a letter or digit at both ends of each part, at most 253 characters';
  it.each<[string, unknown, string]>([
    ['one object', web, `must be a list of objects like ${example}, but is an object`],
    ['a string', 'default/web', `must be a list of objects like ${example}, but is "default/web"`],
    ['a string inside', [web, 'default/web'], `entry 2 must be an object like ${example}, but is "default/web"`],
    ['null inside', [null], `entry 1 must be an object like ${example}, but is null`],
    [
      'another key',
      [{ ...web, kind: 'x' }],
      'entry 1 has the unknown key `kind`; the only keys are `namespace` and `name`',
    ],
    [
      'no namespace',
      [{ name: 'web' }],
      'entry 1 needs a `namespace` of lowercase letters, digits and "-", at most 63 characters, but has nothing',
    ],
    ['no name', [{ namespace: 'default' }], `entry 1 needs a \`name\` of ${nameRule}, but has nothing`],
    [
      'a namespace with a dot',
      [{ ...web, namespace: 'a.b' }],
      'entry 1 needs a `namespace` of lowercase letters, digits and "-", at most 63 characters, but has "a.b"',
    ],
    ['a name with a slash', [{ ...web, name: 'a/b' }], `entry 1 needs a \`name\` of ${nameRule}, but has "a/b"`],
    ['1001 of them', Array.from({ length: 1001 }, () => web), 'must list at most 1000 workloads, but lists 1001'],
  ])('workloads: %s', (_case, list, complaint) => {
    for (const key of ['replicaSets', 'stateful_set_list', 'clone_sets']) {
      expect(messageFor({ [key]: list })).toBe(`\`${key}\` ${complaint}`);
    }
  });
});
