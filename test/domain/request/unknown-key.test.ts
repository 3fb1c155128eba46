import { describe, expect, it } from '@jest/globals';
import { goodRequest, messageFor, problemsOf, type Refusal } from '../../builders/refused-request.ts';

describe('keys', () => {
  it.each<Refusal>([
    ['a near miss', { node_name: 'x' }, 'unknown key `node_name`; did you mean `nodeNames`?'],
    ['kebab case', { 'dry-run': true }, 'unknown key `dry-run`; did you mean `dryRun`?'],
    ['another case', { MaxUnavailable: 1 }, 'unknown key `MaxUnavailable`; did you mean `maxUnavailable`?'],
    ['nothing near', { colour: 'red' }, 'unknown key `colour`; the nearest valid key is `nodeOrder`'],
    ['an unknown key with null', { node_name: null }, 'unknown key `node_name`; did you mean `nodeNames`?'],
    [
      'a field that only the parser sets',
      { maxUnavailableGiven: true },
      'unknown key `maxUnavailableGiven`; did you mean `maxUnavailable`?',
    ],
    [
      'both spellings',
      { node_names: ['node-2'] },
      '`nodeNames` and `node_names` are spellings of the same key; pass only `nodeNames`',
    ],
    [
      'both spellings with one value',
      { timeout: 5, timeoutSeconds: 5 },
      '`timeout` and `timeoutSeconds` are spellings of the same key; pass only `timeoutSeconds`',
    ],
    [
      'two older spellings',
      { delete_local_data: true, deleteLocalData: true },
      '`delete_local_data` and `deleteLocalData` are spellings of the same key; pass only `deleteEmptyDirData`',
    ],
  ])('%s', (_case, given, message) => {
    expect(messageFor(given)).toBe(message);
  });

  it.each(['constructor', 'toString', 'hasOwnProperty', 'valueOf'])('%s is an unknown key', (key) => {
    expect(messageFor({ [key]: {} })).toMatch(new RegExp(`^unknown key \`${key}\`; `));
  });

  it('__proto__ is an unknown key and does not pollute the prototype', () => {
    const input: unknown = JSON.parse('{"nodeNames":["node-1"],"hostCleanup":"skip","__proto__":{"force":true}}');
    expect(problemsOf(input).map(({ key }) => key)).toEqual(['__proto__']);
    expect({}).not.toHaveProperty('force');
  });

  it.each([
    ['kubeconfig'],
    ['kube_config'],
    ['password'],
    ['privateKey'],
    ['ssh_private_key'],
    ['token'],
    ['bearerToken'],
    ['clientSecret'],
    ['AWS_ACCESS_KEY_ID'],
    ['credentials'],
  ])('%s is not allowed in a request, and its value is not repeated', (key) => {
    const message = messageFor({ [key]: 'hunter2' });
    expect(message).toBe(
      `\`${key}\` is not allowed in a request, because requests are readable in the workflow history: ` +
        "put credentials into the worker's configuration, and rotate this one if it was real",
    );
  });

  it('the value of any other unknown key is not repeated', () => {
    expect(JSON.stringify(problemsOf({ ...goodRequest, pass: 'hunter2' }))).not.toContain('hunter2');
  });
});
