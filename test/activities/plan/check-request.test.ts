import { describe, expect, it } from '@jest/globals';
import { checkRequest } from '../../../src/activities/plan/check-request.ts';
import { goodRequest } from '../../builders/refused-request.ts';

describe('checkRequest', () => {
  it('returns the canonical request and its fingerprint', async () => {
    const checked = await checkRequest({ node_names: ['node-1'], cluster_id: 'east' }, true);
    expect(checked).toMatchObject({ request: { nodeNames: ['node-1'], cluster: 'east' } });
    expect(checked.fingerprint).not.toBe('');
    expect(JSON.parse(JSON.stringify(checked))).toEqual(checked);
  });

  it('takes several nodes for a task', async () => {
    await expect(checkRequest({ ...goodRequest, nodeNames: ['a', 'b'] }, false)).resolves.toMatchObject({
      request: { nodeNames: ['a', 'b'] },
    });
  });

  const refused: [name: string, input: unknown, oneNodeOnly: boolean, message: string][] = [
    ['an unknown key', { ...goodRequest, nodeNamez: 1 }, false, 'nodeNamez'],
    ['no object', 'node-1', false, 'object'],
    ['two nodes for one', { ...goodRequest, nodeNames: ['a', 'b'] }, true, 'takes exactly one node name, not 2'],
  ];
  it.each(refused)('%s: InvalidInput, not retryable', async (_name, input, oneNodeOnly, message) => {
    await expect(checkRequest(input, oneNodeOnly)).rejects.toMatchObject({
      type: 'InvalidInput',
      retryable: false,
      message: expect.stringContaining(message),
    });
  });
});
