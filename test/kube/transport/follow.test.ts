import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { PodFacts } from '../../../src/domain/cluster/facts.ts';
import { createKubeCluster } from '../../../src/kube/kube-cluster.ts';
import { runWithSignal } from '../../../src/kube/transport/request-signal.ts';
import type { Follower } from '../../../src/ports/cluster.ts';
import { RecordedFollow } from '../../builders/recorded-follow.ts';
import { json, reset, silence, startFakeApiServer, status, text, watch } from '../../fakes/api-server.ts';
import type { Answer, FakeApiServer } from '../../fakes/api-server.ts';

const PODS = 'GET /api/v1/pods';

let server: FakeApiServer;
let follower: Follower | undefined;
let listener: RecordedFollow<PodFacts>;

beforeEach(async () => {
  server = await startFakeApiServer();
  listener = new RecordedFollow();
});

afterEach(async () => {
  follower?.stop();
  await server.stop();
});

const followPods = (silenceSeconds = 5): void => {
  const cluster = createKubeCluster(
    'default',
    { kind: 'kubeconfig', path: server.kubeconfigPath },
    {
      requestTimeoutSeconds: 0.5,
      userAgent: 'node-decommission/test',
      follow: { watchSeconds: 270, silenceSeconds, firstBackoffSeconds: 0.01, longestBackoffSeconds: 0.05 },
    },
  );
  follower = cluster.followPods({ nodeName: 'node-1' }, listener);
};

const podObject = (name: string, resourceVersion: string): object => ({
  metadata: { namespace: 'default', name, uid: `uid-${name}`, resourceVersion },
  spec: { nodeName: 'node-1', containers: [] },
});

const list = (resourceVersion: string, ...names: string[]): Answer =>
  json(200, { metadata: { resourceVersion }, items: names.map((name) => podObject(name, resourceVersion)) });

const event = (type: string, name: string, resourceVersion: string): object => ({
  type,
  object: podObject(name, resourceVersion),
});

const bookmark = (resourceVersion: string): object => ({
  type: 'BOOKMARK',
  object: { kind: 'Pod', metadata: { resourceVersion } },
});

const GONE = status(410, 'Expired', 'too old resource version');

describe('follow', () => {
  it('lists uncached, then watches from there with bookmarks and a limit', async () => {
    server.script(PODS, list('10', 'a'), watch([event('ADDED', 'b', '11'), event('DELETED', 'a', '12')]));
    followPods();
    expect(await listener.awaitCalls(3)).toEqual(['sync a', 'change b', 'remove a']);
    expect(server.requests.map(({ query }) => query)).toEqual([
      { fieldSelector: 'spec.nodeName=node-1', limit: '500' },
      {
        fieldSelector: 'spec.nodeName=node-1',
        watch: 'true',
        allowWatchBookmarks: 'true',
        resourceVersion: '10',
        timeoutSeconds: '270',
      },
    ]);
  });

  it.each<[string, Answer, string]>([
    ['a closed watch', watch([event('MODIFIED', 'a', '11'), bookmark('15')], 'close'), 'change a'],
    ['a broken watch', watch([event('MODIFIED', 'a', '11'), bookmark('15')], 'reset'), 'change a'],
  ])('resumes after %s from the last bookmark, without a new list', async (_name, first, change) => {
    server.script(PODS, list('10', 'a'), first, watch([event('MODIFIED', 'b', '16')]));
    followPods();
    await server.awaitRequests(3);
    const calls = (await listener.awaitCalls(3)).filter((call) => !call.startsWith('trouble'));
    expect(calls.slice(0, 2)).toEqual(['sync a', change]);
    expect(server.requests.map(({ query }) => query['resourceVersion'])).toEqual([undefined, '10', '15']);
  });

  it.each<[string, Answer]>([
    ['an ERROR event', watch([{ type: 'ERROR', object: GONE }])],
    ['the status', json(410, GONE)],
  ])('lists again, without a failure, when 410 is received as %s', async (_name, expired) => {
    server.script(PODS, list('10', 'a'), expired, list('20', 'b'), watch([]));
    followPods();
    expect(await listener.awaitCalls(2)).toEqual(['sync a', 'sync b']);
    await server.awaitRequests(4);
    expect(server.requests[3]?.query['resourceVersion']).toBe('20');
  });

  it.each<[string, Answer, string]>([
    ['another ERROR event', watch([{ type: 'ERROR', object: status(500, 'InternalError', 'etcd') }]), 'ServerError'],
    ['an unreadable event', watch([{ type: 'SURPRISE', object: {} }]), 'ServerError'],
    ['an unreadable object', watch([{ type: 'ADDED', object: { spec: {} } }]), 'ServerError'],
  ])('reports %s and lists again', async (_name, broken, reason) => {
    server.script(PODS, list('10', 'a'), broken, list('20', 'b'), watch([]));
    followPods();
    expect(await listener.awaitCalls(3)).toEqual(['sync a', `trouble ${reason}`, 'sync b']);
  });

  it.each<[string, Answer, string]>([
    ['a reset connection', reset, 'Unreachable'],
    ['a server error', text(503, 'starting'), 'ServerError'],
    ['a missing right', json(403, status(403, 'Forbidden', 'User "x" cannot watch resource "pods"')), 'Forbidden'],
  ])('reports %s, retries and resumes from the same resourceVersion', async (_name, failing, reason) => {
    server.script(PODS, list('10', 'a'), failing, failing, watch([event('ADDED', 'b', '11')]));
    followPods();
    const trouble = `trouble ${reason}`;
    expect(await listener.awaitCalls(4)).toEqual(['sync a', trouble, trouble, 'change b']);
    expect(server.requests.slice(1).map(({ query }) => query['resourceVersion'])).toEqual(['10', '10', '10']);
  });

  it('reports a failed list and retries it', async () => {
    server.script(PODS, reset, list('10', 'a'), watch([]));
    followPods();
    expect(await listener.awaitCalls(2)).toEqual(['trouble Unreachable', 'sync a']);
  });

  it('replaces a silent watch and resumes it, without a failure', async () => {
    server.script(PODS, list('10', 'a'), watch([event('ADDED', 'b', '11')]), watch([event('ADDED', 'c', '12')]));
    followPods(0.2);
    expect(await listener.awaitCalls(3)).toEqual(['sync a', 'change b', 'change c']);
    expect(server.requests[2]?.query['resourceVersion']).toBe('11');
  });

  it('reports a watch that does not open within the request deadline', async () => {
    server.script(PODS, list('10', 'a'), silence, watch([event('ADDED', 'b', '11')]));
    followPods();
    expect(await listener.awaitCalls(3)).toEqual(['sync a', 'trouble Unreachable', 'change b']);
    expect(listener.troubles[0]?.message).toContain('did not respond in time');
  });

  it('syncs again after a listener call that throws', async () => {
    server.script(PODS, list('10', 'a'), watch([event('ADDED', 'b', '11')]), list('20', 'a', 'b'), watch([]));
    listener.onChange = () => {
      throw new Error('boom');
    };
    followPods();
    expect(await listener.awaitCalls(3)).toEqual(['sync a', 'trouble ServerError', 'sync a,b']);
  });

  it('calls no listener after stop, and ends the watch', async () => {
    const closed = new Promise<void>((resolve) => {
      server.script(PODS, list('10', 'a'), (response, request) => {
        response.on('close', resolve);
        watch([])(response, request);
      });
    });
    followPods();
    await server.awaitRequests(2);
    follower?.stop();
    await closed;
    expect(listener.calls).toEqual(['sync a']);
  });

  it('outlives the ambient signal of its caller', async () => {
    const ending = new AbortController();
    server.script(PODS, list('10', 'a'), watch([], 'close'), watch([event('ADDED', 'b', '11')]));
    runWithSignal(ending.signal, () => {
      followPods();
    });
    ending.abort();
    expect(await listener.awaitCalls(2)).toEqual(['sync a', 'change b']);
  });
});
