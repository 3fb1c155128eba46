import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Replacement } from '../../src/domain/preflight/creation-trial.ts';
import type { KubeCluster } from '../../src/kube/kube-cluster.ts';
import { json, silence, status, text } from '../fakes/api-server.ts';
import type { Answer, FakeApiServer } from '../fakes/api-server.ts';
import { owner } from '../builders/pod.ts';
import { startKubeScene } from './kube-scene.ts';

const POST = 'POST /api/v1/namespaces/shop/pods';
const DEPLOYMENT = 'GET /apis/apps/v1/namespaces/shop/deployments/web';
const controller = owner('apps/v1', 'ReplicaSet', 'web-1');
const replacement: Replacement = {
  pod: { namespace: 'shop', name: 'web-1-a', uid: 'u' },
  controller,
  workload: 'Deployment/web',
  template: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
};
const container = { name: 'c', image: 'i' };
const deployment = json(200, {
  spec: { template: { metadata: { labels: { app: 'web' } }, spec: { containers: [container] } } },
});
const budget = {
  namespace: 'shop',
  name: 'web-pdb',
  labels: {},
  annotations: {},
  selector: { matchLabels: {}, matchExpressions: [] },
  maxUnavailable: 1,
  unhealthyPodEvictionPolicy: 'AlwaysAllow',
} as const;

let server: FakeApiServer;
let cluster: KubeCluster;

beforeEach(async () => {
  ({ server, cluster } = await startKubeScene());
});

afterEach(async () => {
  await server.stop();
});

const bodyOfPost = (): unknown => server.requests.find(({ method }) => method === 'POST')?.body;

describe('tryReplacement', () => {
  it('sends the pod that the controller would create, as a dry run', async () => {
    server.script(DEPLOYMENT, deployment);
    server.script(POST, json(201, {}));
    expect(await cluster.tryReplacement(replacement)).toEqual({ kind: 'admitted' });
    expect(server.requests.at(-1)?.query).toEqual({ dryRun: 'All' });
    expect(bodyOfPost()).toEqual({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        namespace: 'shop',
        generateName: 'web-1-',
        labels: { app: 'web' },
        annotations: {},
        ownerReferences: [controller],
      },
      spec: { containers: [container] },
    });
  });

  it('sends a pod without a known template as it is, without its node and token', async () => {
    const mounts = [
      { name: 'kube-api-access-x', mountPath: '/var/run' },
      { name: 'data', mountPath: '/d' },
    ];
    const volumes = [{ name: 'kube-api-access-x' }, { name: 'data', emptyDir: {} }];
    const spec = { nodeName: 'node-1', volumes, containers: [{ ...container, volumeMounts: mounts }] };
    server.script('GET /api/v1/namespaces/shop/pods/web-1-a', json(200, { metadata: { labels: { a: 'b' } }, spec }));
    server.script(POST, json(201, {}));
    const { template: _template, ...withoutTemplate } = replacement;
    expect(await cluster.tryReplacement(withoutTemplate)).toEqual({ kind: 'admitted' });
    expect(bodyOfPost()).toMatchObject({
      metadata: { labels: { a: 'b' } },
      spec: { volumes: [{ name: 'data', emptyDir: {} }], containers: [{ ...container, volumeMounts: [mounts[1]] }] },
    });
    expect(bodyOfPost()).not.toHaveProperty('spec.nodeName');
  });

  const webhook = 'admission webhook "w.example" ';
  it.each<[string, Answer, string, string]>([
    [
      'an admission plugin',
      json(403, status(403, 'Forbidden', 'pods "web" is forbidden: violates PodSecurity')),
      'denied',
      'violates PodSecurity',
    ],
    [
      'a webhook with another status',
      json(400, status(400, 'BadRequest', `${webhook}denied the request: no`)),
      'denied',
      'denied the request: no',
    ],
    [
      'a quota',
      json(403, status(403, 'Forbidden', 'pods "web" is forbidden: exceeded quota: q, requested: pods=1')),
      'overQuota',
      'exceeded quota: q',
    ],
    [
      'a quota for which the pod lacks limits',
      json(403, status(403, 'Forbidden', 'pods "web" is forbidden: failed quota: q: must specify limits.cpu')),
      'denied',
      'must specify',
    ],
    [
      'a webhook without dry runs',
      json(400, status(400, 'BadRequest', `${webhook}does not support dry run`)),
      'unknown',
      'does not support dry run',
    ],
    [
      'a webhook that cannot be called',
      json(500, status(500, 'InternalError', 'failed calling webhook "w.example"')),
      'unknown',
      'failed calling',
    ],
    [
      'a missing permission',
      json(403, status(403, 'Forbidden', 'User "a" cannot create resource "pods"')),
      'unknown',
      'permission',
    ],
    ['no answer', silence, 'unknown', 'did not respond in time'],
  ])('reports %s', async (_name, answer, kind, message) => {
    server.script(DEPLOYMENT, deployment);
    server.script(POST, answer, answer, answer);
    server.script('GET /readyz', json(200, {}), json(200, {}));
    expect(await cluster.tryReplacement(replacement)).toEqual({
      kind,
      message: expect.stringContaining(message) as unknown,
    });
  });

  it('does not try the pods of a workload that is gone', async () => {
    server.script(DEPLOYMENT, json(404, status(404, 'NotFound', 'not found')));
    expect(await cluster.tryReplacement(replacement)).toEqual({ kind: 'unknown', message: 'its pod template is gone' });
  });
});

describe('tryBudget', () => {
  it.each<[string, Answer, string]>([
    ['admitted', json(201, {}), 'admitted'],
    ['denied', json(403, status(403, 'Forbidden', 'exceeded quota: q')), 'overQuota'],
    ['without an answer', silence, 'unknown'],
    ["with a proxy's own page", text(200, '<html>Please log in</html>'), 'unknown'],
  ])('is a dry run: %s', async (_name, answer, kind) => {
    server.script('POST /apis/policy/v1/namespaces/shop/poddisruptionbudgets', answer);
    expect(await cluster.tryBudget(budget)).toMatchObject({ kind });
    expect(server.requests[0]?.query).toEqual({ dryRun: 'All' });
  });
});

describe('readServices', () => {
  it('is undefined without the permission', async () => {
    const denial = json(403, status(403, 'Forbidden', 'User "a" cannot list resource "services"'));
    const PATH = 'GET /api/v1/services';
    server.script(
      PATH,
      denial,
      denial,
      denial,
      json(200, { items: [{ metadata: { namespace: 'shop', name: 'web' } }] }),
    );
    server.script('GET /readyz', json(200, {}), json(200, {}));
    expect(await cluster.readServices()).toBeUndefined();
  });
});
