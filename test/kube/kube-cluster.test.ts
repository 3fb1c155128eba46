import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createKubeCluster } from '../../src/kube/kube-cluster.ts';
import type { KubeCluster } from '../../src/kube/kube-cluster.ts';
import { runWithSignal } from '../../src/kube/transport/request-signal.ts';
import { ClusterFailure } from '../../src/ports/cluster-failure.ts';
import { json, reset, silence, status, text } from '../fakes/api-server.ts';
import type { Answer, FakeApiServer } from '../fakes/api-server.ts';
import { startKubeScene } from './kube-scene.ts';

const NODE = 'GET /api/v1/nodes/node-1';
const NOT_FOUND = json(404, status(404, 'NotFound', 'not found'));
const CONFLICT = json(409, status(409, 'Conflict', 'the object has been modified'));
const POD = { namespace: 'default', name: 'web-1', uid: 'uid-web-1' };
const BUDGET = { namespace: 'default', name: 'web-pdb', uid: 'u1', resourceVersion: '3' };

let server: FakeApiServer;
let cluster: KubeCluster;

beforeEach(async () => {
  ({ server, cluster } = await startKubeScene());
});

afterEach(async () => {
  await server.stop();
});

const nodeObject = (uid = 'u1'): object => ({ metadata: { name: 'node-1', uid, resourceVersion: '3' } });

const catchFailure = async (call: Promise<unknown>): Promise<ClusterFailure> => {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ClusterFailure);
  return error as ClusterFailure;
};

describe('reading', () => {
  it('has the context, the server and the version of the cluster', async () => {
    server.script('GET /version', json(200, { major: '1', gitVersion: 'v1.37.0' }));
    const [port] = /\d+$/.exec((await cluster.readAddress()).server) ?? [];
    expect(await cluster.readAddress()).toEqual({
      context: 'fake',
      server: `http://127.0.0.1:${port ?? ''}`,
      version: 'v1.37.0',
    });
  });

  it.each([
    ['a denial', json(403, status(403, 'Forbidden', 'no'))],
    ['no answer', silence],
    ['an answer that is no version', json(200, null)],
  ])('has no version after %s, and does not fail', async (_name, answer) => {
    server.script('GET /version', answer);
    expect(await cluster.readAddress()).not.toHaveProperty('version');
  });

  it('sends the credentials and the user agent', async () => {
    server.script(NODE, json(200, nodeObject()));
    expect(await cluster.readNode('node-1')).toMatchObject({ name: 'node-1', uid: 'u1', resourceVersion: '3' });
    expect(server.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer token-of-the-test',
      'user-agent': 'node-decommission/test',
    });
  });

  it('returns undefined for a missing object', async () => {
    server.script(NODE, NOT_FOUND);
    expect(await cluster.readNode('node-1')).toBeUndefined();
  });

  it.each<[string, Answer, object]>([
    ['a 404 that is not the API server’s', text(404, 'no route'), { reason: 'ServerError', status: 404 }],
    ['a success that is not JSON', text(200, '<html>'), { reason: 'ServerError', status: 200 }],
    ['429', text(429, 'busy', { 'Retry-After': '3' }), { reason: 'Throttled', retryAfterSeconds: 3 }],
    ['a reset connection', reset, { reason: 'Unreachable', status: 0 }],
    ['no response within the deadline', silence, { reason: 'Unreachable', status: 0 }],
    ['an unreadable object', json(200, { status: { allocatable: { cpu: '?' } } }), { reason: 'ServerError' }],
  ])('throws for %s', async (_name, answer, expected) => {
    server.script(NODE, answer);
    expect(await catchFailure(cluster.readNode('node-1'))).toMatchObject(expected);
  });

  it('keeps neither headers nor body of a failed call', async () => {
    server.script(NODE, text(500, 'body-secret', { 'X-Secret': 'header-secret' }));
    const failure = await catchFailure(cluster.readNode('node-1'));
    const reported = [failure.message, failure.stack, JSON.stringify(failure), String(failure.cause)].join('\n');
    expect(reported).not.toMatch(/body-secret|header-secret|token-of-the-test/);
  });

  it('ends with the ambient signal', async () => {
    server.script(NODE, silence);
    const ending = new AbortController();
    const call = runWithSignal(ending.signal, () => catchFailure(cluster.readNode('node-1')));
    await server.awaitRequests(1);
    ending.abort();
    expect((await call).message).toContain('was cancelled');
  });

  it('M6: reads a list page by page, 500 objects at a time', async () => {
    const page = (name: string, next?: string): Answer =>
      json(200, { metadata: { resourceVersion: '9', continue: next }, items: [{ metadata: { name } }] });
    server.script('GET /api/v1/nodes', page('a', 'next-1'), page('b', 'next-2'), page('c'));
    expect((await cluster.readNodes()).map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    expect(server.requests.map(({ query }) => query)).toEqual([
      { limit: '500' },
      { limit: '500', continue: 'next-1' },
      { limit: '500', continue: 'next-2' },
    ]);
  });

  it('leaves the selection of nodes to the server', async () => {
    server.script('GET /api/v1/nodes', json(200, { metadata: {}, items: [{ metadata: { name: 'a' } }] }));
    expect((await cluster.readNodes({ selector: 'pool=old,!spot' })).map(({ name }) => name)).toEqual(['a']);
    expect(server.requests.map(({ query }) => query)).toEqual([{ limit: '500', labelSelector: 'pool=old,!spot' }]);
  });

  it.each<[{ nodeName?: string; namespace?: string }, string, object]>([
    [{}, '/api/v1/pods', { limit: '500' }],
    [{ nodeName: 'n' }, '/api/v1/pods', { limit: '500', fieldSelector: 'spec.nodeName=n' }],
    [{ namespace: 'd' }, '/api/v1/namespaces/d/pods', { limit: '500' }],
  ])('lists the pods of %j', async (scope, path, query) => {
    server.script(`GET ${path}`, json(200, { items: [] }));
    expect(await cluster.readPods(scope)).toEqual([]);
    expect(server.requests[0]).toMatchObject({ path, query });
  });

  it('escapes names', async () => {
    server.script('GET /api/v1/nodes/a%2F..%2Fb', NOT_FOUND);
    expect(await cluster.readNode('a/../b')).toBeUndefined();
  });
});

describe('writing', () => {
  it('patches a node with UID and resourceVersion, and only the fields of the change', async () => {
    server.script('PATCH /api/v1/nodes/node-1', json(200, nodeObject()));
    const target = { name: 'node-1', uid: 'u1', resourceVersion: '3' };
    await cluster.patchNode(target, { unschedulable: true, annotations: { a: 'b', c: null } });
    await cluster.patchNode(target, { annotations: {} });
    await cluster.patchNode(target, { labels: { a: 'b', c: null } });
    expect(server.requests[0]?.headers['content-type']).toBe('application/merge-patch+json');
    expect(server.requests.map(({ body }) => body)).toEqual([
      {
        metadata: { uid: 'u1', resourceVersion: '3', annotations: { a: 'b', c: null } },
        spec: { unschedulable: true },
      },
      { metadata: { uid: 'u1', resourceVersion: '3', annotations: {} } },
      { metadata: { uid: 'u1', resourceVersion: '3', labels: { a: 'b', c: null } } },
    ]);
  });

  it('writes all taints of a node, those of other clients as they were', async () => {
    server.script('PATCH /api/v1/nodes/node-1', json(200, nodeObject()));
    const theirs = { key: 'a', value: '', effect: 'NoExecute', timeAdded: '2026-01-01T00:00:00Z' } as const;
    const ours = { key: 'b', value: '42', effect: 'PreferNoSchedule' } as const;
    const target = { name: 'node-1', uid: 'u1', resourceVersion: '3' };
    await cluster.patchNode(target, { taints: [theirs, ours] });
    const { value: _empty, ...asRead } = theirs;
    expect(server.requests[0]?.body).toMatchObject({ spec: { taints: [asRead, ours] } });
  });

  it.each([
    [true, { dryRun: ['All'] }],
    [false, {}],
  ])('deletes a node with a UID precondition, dryRun: %s', async (dryRun, options) => {
    server.script('DELETE /api/v1/nodes/node-1', json(200, { kind: 'Status', status: 'Success' }));
    expect(await cluster.deleteNode({ name: 'node-1', uid: 'u1' }, { dryRun })).toBe('accepted');
    expect(server.requests[0]?.body).toEqual({
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      preconditions: { uid: 'u1' },
      ...options,
    });
  });

  it.each<[string, Answer, Answer, string]>([
    ['gone already', NOT_FOUND, NOT_FOUND, 'gone'],
    ['gone when it is read again', CONFLICT, NOT_FOUND, 'gone'],
    ['another object of that name', CONFLICT, json(200, nodeObject('u2')), 'otherUid'],
  ])('reports a node that is %s', async (_name, deletion, second, expected) => {
    server.script('DELETE /api/v1/nodes/node-1', deletion);
    server.script(NODE, second);
    expect(await cluster.deleteNode({ name: 'node-1', uid: 'u1' }, { dryRun: false })).toBe(expected);
  });

  it('throws Conflict for a budget at another version', async () => {
    const path = '/apis/policy/v1/namespaces/default/poddisruptionbudgets/web-pdb';
    server.script(`DELETE ${path}`, CONFLICT);
    server.script(`GET ${path}`, json(200, { metadata: { uid: 'u1', resourceVersion: '4' } }));
    expect((await catchFailure(cluster.deleteBudget(BUDGET))).reason).toBe('Conflict');
    expect(server.requests[0]?.body).toMatchObject({ preconditions: { uid: 'u1', resourceVersion: '3' } });
  });

  it('throws Denied when a webhook denies the deletion', async () => {
    const denial = 'admission webhook "keep.example.com" denied the request: mine';
    server.script('DELETE /api/v1/nodes/node-1', json(403, status(403, 'Forbidden', denial)));
    const failure = await catchFailure(cluster.deleteNode({ name: 'node-1', uid: 'u1' }, { dryRun: true }));
    expect(failure.reason).toBe('Denied');
    expect(failure.message).toContain(denial);
  });

  it('creates a budget', async () => {
    const path = '/apis/policy/v1/namespaces/default/poddisruptionbudgets';
    server.script(`POST ${path}`, json(201, { metadata: BUDGET }), json(409, status(409, 'AlreadyExists', 'exists')));
    const budget = {
      namespace: 'default',
      name: 'web-pdb',
      labels: { l: 'm' },
      annotations: { a: 'b' },
      selector: { matchLabels: { app: 'web' }, matchExpressions: [] },
      maxUnavailable: '25%',
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
    } as const;
    expect(await cluster.createBudget(budget)).toMatchObject(BUDGET);
    expect((await catchFailure(cluster.createBudget(budget))).reason).toBe('AlreadyExists');
    const { selector, maxUnavailable, unhealthyPodEvictionPolicy, ...metadata } = budget;
    expect(server.requests[0]?.body).toEqual({
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata,
      spec: { selector, maxUnavailable, unhealthyPodEvictionPolicy },
    });
  });

  it('annotates a budget with UID and resourceVersion', async () => {
    server.script(
      'PATCH /apis/policy/v1/namespaces/default/poddisruptionbudgets/web-pdb',
      json(200, { metadata: BUDGET }),
    );
    await cluster.annotateBudget(BUDGET, { NodeDrainTaskX: 'processing', old: null });
    expect(server.requests[0]?.body).toEqual({
      metadata: { uid: 'u1', resourceVersion: '3', annotations: { NodeDrainTaskX: 'processing', old: null } },
    });
  });
});

describe('evictPod', () => {
  const EVICTION = 'POST /api/v1/namespaces/default/pods/web-1/eviction';

  it.each([
    [undefined, {}],
    [5, { gracePeriodSeconds: 5 }],
  ])('I3: evicts with policy/v1 and a UID precondition, grace period %s', async (gracePeriodSeconds, options) => {
    server.script(EVICTION, json(201, { kind: 'Status', status: 'Success' }));
    expect(await cluster.evictPod(POD, gracePeriodSeconds)).toEqual({ kind: 'accepted' });
    expect(server.requests[0]?.body).toEqual({
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { namespace: 'default', name: 'web-1' },
      deleteOptions: { preconditions: { uid: 'uid-web-1' }, ...options },
    });
  });

  it('E9: an eviction is never a dry run', async () => {
    server.script(EVICTION, json(201, { kind: 'Status', status: 'Success' }));
    await cluster.evictPod(POD, 5);
    expect(server.requests[0]).toMatchObject({ query: {} });
    expect(JSON.stringify(server.requests[0]?.body)).not.toContain('dryRun');
  });

  it('reads the retry time from the header', async () => {
    server.script(EVICTION, text(429, 'Too many requests', { 'Retry-After': '1' }));
    expect(await cluster.evictPod(POD)).toMatchObject({ kind: 'throttled', retryAfterSeconds: 1 });
  });

  it.each<[string, Answer]>([
    ['reset', reset],
    ['missing', silence],
  ])('treats a response that is %s as unknown, and sends the request once', async (_name, answer) => {
    server.script(EVICTION, answer);
    expect(await cluster.evictPod(POD)).toMatchObject({ kind: 'unknown' });
    expect(server.requests).toHaveLength(1);
  });
});

describe('readMissingRights', () => {
  it('checks each right that no rule shows, and returns the missing ones in the given order', async () => {
    const resourceRules = [{ verbs: ['watch'], apiGroups: [''], resources: ['nodes'] }];
    const rules = json(201, { status: { resourceRules, incomplete: false } });
    server.script('POST /apis/authorization.k8s.io/v1/selfsubjectrulesreviews', rules);
    server.script('POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews', (response, request) => {
      const { spec } = request.body as { readonly spec: { readonly resourceAttributes: { readonly verb: string } } };
      json(201, { status: { allowed: spec.resourceAttributes.verb === 'get' } })(response, request);
    });
    const rights = ['list', 'get', 'watch', 'delete'].map((verb) => ({ verb, group: '', resource: 'nodes' }));
    expect(await cluster.readMissingRights(rights)).toEqual([rights[0], rights[3]]);
    expect(server.requests).toHaveLength(4);
  });
});

describe('inCluster', () => {
  it.each([
    [{ kind: 'inCluster' } as const, true],
    [{ kind: 'kubeconfig', path: 'kubeconfig of the test' } as const, false],
  ])('%j: %s', (settings, inCluster) => {
    const options = { requestTimeoutSeconds: 1, userAgent: 'x' };
    const given = settings.kind === 'kubeconfig' ? { ...settings, path: server.kubeconfigPath } : settings;
    expect(createKubeCluster('default', given, options).inCluster).toBe(inCluster);
  });
});

describe('readIdentity', () => {
  it('returns the UID of kube-system, and no hash without a CA', async () => {
    server.script('GET /api/v1/namespaces/kube-system', json(200, { metadata: { uid: 'ks' } }));
    expect(await cluster.readIdentity()).toEqual({ kubeSystemUid: 'ks', caHashes: [] });
  });
});
