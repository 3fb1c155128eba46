import { describe, expect, it } from '@jest/globals';
import type { AccessRight } from '../../src/domain/cluster/facts.ts';
import { readGrantedRules } from '../../src/kube/read-granted-rules.ts';
import type { ApiClient } from '../../src/kube/transport/api-client.ts';
import { ClusterFailure } from '../../src/ports/cluster-failure.ts';

const clientOf = (answer: object | ClusterFailure): ApiClient => {
  const request = async (): Promise<object> => {
    if (answer instanceof ClusterFailure) throw answer;
    return await Promise.resolve(answer);
  };
  return { request } as unknown as ApiClient;
};

const statusOf = (rule: object, change: object = {}): object => ({
  status: {
    resourceRules: [{ verbs: ['get'], apiGroups: [''], resources: ['nodes'], ...rule }],
    incomplete: false,
    ...change,
  },
});

const GET_NODES: AccessRight = { verb: 'get', group: '', resource: 'nodes' };
const EVICT: AccessRight = { verb: 'create', group: '', resource: 'pods', subresource: 'eviction' };

describe('readGrantedRules', () => {
  it.each<readonly [string, object, AccessRight, boolean]>([
    ['the same verb, group and resource', {}, GET_NODES, true],
    ['another verb', { verbs: ['list'] }, GET_NODES, false],
    ['another group', { apiGroups: ['apps'] }, GET_NODES, false],
    ['another resource', { resources: ['pods'] }, GET_NODES, false],
    ['every verb, group and resource', { verbs: ['*'], apiGroups: ['*'], resources: ['*'] }, EVICT, true],
    ['the resource without its subresource', { verbs: ['create'], resources: ['pods'] }, EVICT, false],
    ['the subresource', { verbs: ['create'], resources: ['pods/eviction'] }, EVICT, true],
    ['the subresource of every resource', { verbs: ['create'], resources: ['*/eviction'] }, EVICT, true],
    ['another subresource of every resource', { verbs: ['create'], resources: ['*/status'] }, EVICT, false],
    ['one object, where the right is for every object', { resourceNames: ['node-1'] }, GET_NODES, false],
    ['one object, where the right is for it', { resourceNames: ['node-1'] }, { ...GET_NODES, name: 'node-1' }, true],
    ['one object, where the right is for another', { resourceNames: ['x'] }, { ...GET_NODES, name: 'node-1' }, false],
    ['every object, where the right is for one', {}, { ...GET_NODES, name: 'node-1' }, true],
  ])('a rule for %s', async (_case, rule, right, expected) => {
    const isGranted = await readGrantedRules(clientOf(statusOf(rule)));
    expect(isGranted(right)).toBe(expected);
  });

  it.each<readonly [string, object | ClusterFailure]>([
    ['an authorizer that cannot list its rules', statusOf({}, { incomplete: true })],
    ['a rule that could not be evaluated', statusOf({}, { evaluationError: 'clusterrole "x" not found' })],
    ['a response without a status', {}],
    ['a denial', new ClusterFailure('Forbidden', 'no', 403)],
  ])('%s grants nothing for certain', async (_case, answer) => {
    const isGranted = await readGrantedRules(clientOf(answer));
    expect(isGranted(GET_NODES)).toBe(false);
  });

  it('another failure is thrown', async () => {
    await expect(readGrantedRules(clientOf(new ClusterFailure('Unreachable', 'gone')))).rejects.toThrow('gone');
  });
});
