import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createKubeCluster } from '../../../src/kube/kube-cluster.ts';
import type { KubeCluster } from '../../../src/kube/kube-cluster.ts';
import { readList, type PageSource } from '../../../src/kube/transport/read-list.ts';
import { PAGE_RETRIES } from '../../../src/kube/transport/send-page.ts';
import { runWithSignal } from '../../../src/kube/transport/request-signal.ts';
import { json, reset, startFakeApiServer, status, text } from '../../fakes/api-server.ts';
import type { Answer, FakeApiServer } from '../../fakes/api-server.ts';

const NODES = 'GET /api/v1/nodes';
const SNAPSHOT_KINDS = [
  '/api/v1/pods',
  '/api/v1/persistentvolumeclaims',
  '/api/v1/persistentvolumes',
  '/apis/storage.k8s.io/v1/volumeattachments',
];

let server: FakeApiServer;
let cluster: KubeCluster;

beforeEach(async () => {
  server = await startFakeApiServer();
  cluster = createKubeCluster(
    'default',
    { kind: 'kubeconfig', path: server.kubeconfigPath },
    {
      requestTimeoutSeconds: 30,
      userAgent: 'node-decommission/test',
      pageRetries: { ...PAGE_RETRIES, firstPauseSeconds: 0.001, longestPauseSeconds: 0.004 },
    },
  );
});

afterEach(async () => {
  await server.stop();
});

const page = (name: string, next?: string): Answer =>
  json(200, { metadata: { resourceVersion: '9', continue: next }, items: [{ metadata: { name } }] });

/** As the API server answers a continue token that is too old; `rest`: the token of the rest in its present state. */
const expired = (rest?: string): Answer =>
  json(410, { ...status(410, 'Expired', 'continue parameter too old'), metadata: { continue: rest } });

const readNodeNames = async (): Promise<readonly string[]> => (await cluster.readNodes()).map(({ name }) => name);

/** The continue token of each request; empty: a first page. */
const requestedTokens = (path = '/api/v1/nodes'): readonly string[] =>
  server.requests.filter((request) => request.path === path).map(({ query }) => query['continue'] ?? '');

const busy = (seconds: string): Answer => text(429, 'too many requests', { 'Retry-After': seconds });

describe('readList', () => {
  it.each<[string, Answer]>([
    ['a reset connection', reset],
    ['an API server that starts', text(503, 'starting')],
    ['a gateway without a backend', text(502, '<html>')],
    ['an internal error', json(500, status(500, 'InternalError', 'etcd'))],
    ['an API server that is too busy', text(429, 'too many requests')],
  ])('%s: only the page that failed is requested again', async (_name, failing) => {
    server.script(NODES, page('a', 'next-1'), page('b', 'next-2'), failing, failing, page('c'));
    expect(await readNodeNames()).toEqual(['a', 'b', 'c']);
    expect(requestedTokens()).toEqual(['', 'next-1', 'next-2', 'next-2', 'next-2']);
  });

  it('a first page is requested again too, less often', async () => {
    server.script(NODES, reset, reset, page('a'));
    expect(await readNodeNames()).toEqual(['a']);
    server.script(NODES, reset);
    await expect(readNodeNames()).rejects.toMatchObject({ reason: 'Unreachable' });
    expect(requestedTokens()).toHaveLength(6);
  });

  it('the number of tries is bounded, and the last failure is the one of the list', async () => {
    server.script(NODES, page('a', 'next-1'), text(503, 'starting'));
    await expect(readNodeNames()).rejects.toMatchObject({ reason: 'ServerError', status: 503 });
    expect(requestedTokens()).toHaveLength(1 + PAGE_RETRIES.laterPageTries);
  });

  it.each<[string, Answer, string]>([
    ['a missing right', json(403, status(403, 'Forbidden', 'User "x" cannot list resource "nodes"')), 'Forbidden'],
    ['an invalid request', json(400, status(400, 'BadRequest', 'no')), 'Invalid'],
    ['rejected credentials', json(401, status(401, 'Unauthorized', 'Unauthorized')), 'Unauthorized'],
    ['a page that is not JSON', text(200, '<html>Please log in</html>'), 'ServerError'],
    ['an unreadable object', json(200, { items: [null] }), 'ServerError'],
  ])('%s is not tried again', async (_name, failing, reason) => {
    server.script(NODES, page('a', 'next-1'), failing);
    await expect(readNodeNames()).rejects.toMatchObject({ reason });
    expect(requestedTokens().filter((token) => token === 'next-1').length).toBeLessThanOrEqual(2);
  });

  it('waits as long as the server requests', async () => {
    server.script(NODES, page('a', 'next-1'), busy('0.2'), page('b'));
    const start = performance.now();
    expect(await readNodeNames()).toEqual(['a', 'b']);
    expect(performance.now() - start).toBeGreaterThanOrEqual(199);
  });

  it('returns the failure at once when the server requests a longer pause than a page is waited for', async () => {
    server.script(NODES, page('a', 'next-1'), busy(String(PAGE_RETRIES.patienceSeconds + 1)));
    await expect(readNodeNames()).rejects.toMatchObject({ reason: 'Throttled', retryAfterSeconds: 61 });
    expect(requestedTokens()).toHaveLength(2);
  });

  it('a cancelled caller does not wait for the next try', async () => {
    const ending = new AbortController();
    server.script(NODES, page('a', 'next-1'), busy('50'));
    const names = runWithSignal(ending.signal, readNodeNames);
    await server.awaitRequests(2);
    ending.abort();
    await expect(names).rejects.toMatchObject({ name: 'ClusterFailure' });
    expect(requestedTokens()).toHaveLength(2);
  });

  it.each([
    ['without a token', expired()],
    ['with a token for the rest, which would be of another state', expired('rest-1')],
  ])('an expired list is started over in pages, %s', async (_name, answer) => {
    server.script(NODES, page('old', 'next-1'), answer, page('a', 'next-2'), page('b'));
    expect(await readNodeNames()).toEqual(['a', 'b']);
    expect(server.requests.map(({ query }) => query)).toEqual([
      { limit: '500' },
      { limit: '500', continue: 'next-1' },
      { limit: '500' },
      { limit: '500', continue: 'next-2' },
    ]);
  });

  it('a list that expires again and again fails', async () => {
    const answers = Array.from({ length: 10 }, () => [page('old', 'next-1'), expired()]).flat();
    server.script(NODES, ...answers);
    await expect(readNodeNames()).rejects.toMatchObject({ status: 410, retryable: true });
    expect(requestedTokens()).toHaveLength(12);
  });

  it.each([
    ['as API servers write it', { metadata: { continue: 'next' }, items: ['a'] }, ['first', 'next', 'a', 'b']],
    ['after its objects', { items: ['a'], metadata: { continue: 'next' } }, ['first', 'a', 'next', 'b']],
  ])('a page with its metadata %s: the next one is requested as early as possible', async (_name, first, order) => {
    const seen: string[] = [];
    const source: PageSource = {
      send: ({ query }) => {
        seen.push(query['continue'] ?? 'first');
        const body = JSON.stringify(query['continue'] === undefined ? first : { metadata: {}, items: ['b'] });
        return Promise.resolve({ status: 200, body });
      },
      toResult: ({ body }) => JSON.parse(body) as unknown,
      toQuestion: () => ({ cluster: 'default', purpose: 'list' }),
    };
    const resource = {
      path: '/api/v1/nodes',
      purpose: 'list nodes',
      query: {},
      toItem: (name: string) => seen.push(name),
    };
    await readList(source, resource, { whenExpired: 'startOver', retries: PAGE_RETRIES });
    expect(seen).toEqual(order);
  });

  describe('of a snapshot', () => {
    beforeEach(() => {
      for (const path of SNAPSHOT_KINDS) server.script(`GET ${path}`, json(200, { metadata: {}, items: [] }));
    });

    const readSnapshotNames = async (): Promise<readonly string[]> =>
      (await cluster.readSnapshot()).nodes.map(({ name }) => name);

    it('an expired list is continued with the token that the server offers, in pages', async () => {
      server.script(NODES, page('a', 'next-1'), expired('rest-1'), page('b', 'next-2'), page('c'));
      expect(await readSnapshotNames()).toEqual(['a', 'b', 'c']);
      expect(requestedTokens()).toEqual(['', 'next-1', 'rest-1', 'next-2']);
      expect(server.requests.every(({ query }) => query['limit'] === '500')).toBe(true);
    });

    it('without such a token it is started over, in pages', async () => {
      server.script(NODES, page('old', 'next-1'), expired(), page('a'));
      expect(await readSnapshotNames()).toEqual(['a']);
      expect(requestedTokens()).toEqual(['', 'next-1', '']);
    });

    it('the lists of other kinds are not requested again when a page of one fails', async () => {
      server.script(NODES, page('a', 'next-1'), reset, page('b'));
      expect(await readSnapshotNames()).toEqual(['a', 'b']);
      for (const path of SNAPSHOT_KINDS) expect(requestedTokens(path)).toEqual(['']);
    });
  });
});
