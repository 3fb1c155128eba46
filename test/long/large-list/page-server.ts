import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/*
 * Lists Nodes and pods as an API server does, page by page, generated as they are requested: `node page-server.ts <nodes> <pods>`. Every
 * fortieth page fails at first: with 503, a reset connection or an expired token. Prints its address. Every other kind is empty.
 */

const APPS = 200;
const PAGE_SIZE = 500;
const FAILING_EVERY = 40;
/** As on an API server: fields that no reader needs are half of a pod. */
const MANAGED_FIELDS = {
  f: { 'f:spec': Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`f:field-${n}`, {}])) },
};

const [nodeCount = 0, podCount = 0] = process.argv.slice(2).map(Number);

const toPod = (app: number): object => ({
  metadata: {
    name: 'pod-INDEX',
    generateName: `app-${app}-7d4b9c-`,
    namespace: `team-${app % 20}`,
    uid: '00000000-0000-0000-0000-INDEX',
    resourceVersion: '1000INDEX',
    creationTimestamp: '2026-01-01T00:00:00Z',
    labels: { app: `app-${app}`, 'pod-template-hash': '7d4b9c', 'app.kubernetes.io/managed-by': 'Helm' },
    annotations: {
      'checksum/config': 'a'.repeat(64),
      'cni.example/address': '10.0.INDEX',
      'prometheus.io/scrape': 'true',
    },
    ownerReferences: [
      { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `app-${app}`, uid: `set-${app}`, controller: true },
    ],
    managedFields: [MANAGED_FIELDS],
  },
  spec: {
    nodeName: 'node-NODE',
    containers: [
      {
        name: 'main',
        image: `registry.example/app-${app}:1.2.3`,
        env: Array.from({ length: 12 }, (_, n) => ({ name: `SETTING_${n}`, value: `value-${n}` })),
        resources: { requests: { cpu: '100m', memory: '256Mi' }, limits: { memory: '512Mi' } },
        volumeMounts: [{ name: 'token', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true }],
        livenessProbe: { httpGet: { path: '/healthz', port: 8080 }, periodSeconds: 10 },
      },
    ],
    volumes: [{ name: 'token', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } }],
    tolerations: [
      { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
    ],
    serviceAccountName: `app-${app}`,
    schedulerName: 'default-scheduler',
    terminationGracePeriodSeconds: 30,
  },
  status: {
    phase: 'Running',
    podIPs: [{ ip: '10.0.INDEX' }],
    conditions: ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({
      type,
      status: 'True',
      lastTransitionTime: '2026-01-01T00:00:05Z',
    })),
    containerStatuses: [
      {
        name: 'main',
        ready: true,
        restartCount: 0,
        image: `registry.example/app-${app}:1.2.3`,
        imageID: `registry.example/app-${app}@sha256:${'b'.repeat(64)}`,
        containerID: `containerd://${'c'.repeat(64)}`,
        state: { running: { startedAt: '2026-01-01T00:00:04Z' } },
      },
    ],
  },
});

const toNode = (): object => ({
  metadata: {
    name: 'node-INDEX',
    uid: 'uid-node-INDEX',
    resourceVersion: '1000INDEX',
    labels: { 'kubernetes.io/hostname': 'node-INDEX', 'topology.kubernetes.io/zone': 'zone-1' },
    managedFields: [MANAGED_FIELDS],
  },
  spec: { providerID: 'example:///zone-1/INDEX' },
  status: {
    allocatable: { cpu: '64', memory: '256Gi', pods: '250' },
    conditions: [{ type: 'Ready', status: 'True' }],
    images: Array.from({ length: 40 }, (_, n) => ({
      names: [`registry.example/app-${n}:1.2.3`],
      sizeBytes: 100_000_000,
    })),
    nodeInfo: { machineID: 'INDEX', kubeletVersion: 'v1.36.0' },
  },
});

const POD_TEXTS = Array.from({ length: APPS }, (_, app) => JSON.stringify(toPod(app)));
const NODE_TEXT = JSON.stringify(toNode());

const writePod = (index: number): string =>
  (POD_TEXTS[index % APPS] ?? '')
    .replaceAll('INDEX', String(index).padStart(12, '0'))
    .replaceAll('NODE', String(index % nodeCount));

const writeNode = (index: number): string => NODE_TEXT.replaceAll('INDEX', String(index));

const LISTS: Readonly<Record<string, readonly [count: number, write: (index: number) => string]>> = {
  '/api/v1/pods': [podCount, writePod],
  '/api/v1/nodes': [nodeCount, writeNode],
};

const send = (response: ServerResponse, status: number, body: string): void => {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(body);
};

const failed = new Set<string>();

/** Returns whether the page failed. */
const failFirst = (key: string, start: number, response: ServerResponse): boolean => {
  const page = start / PAGE_SIZE;
  if (start === 0 || page % FAILING_EVERY !== 0 || failed.has(key)) return false;
  failed.add(key);
  const turn = (page / FAILING_EVERY) % 3;
  if (turn === 0) response.socket?.destroy();
  else if (turn === 1) send(response, 503, 'starting');
  else send(response, 410, JSON.stringify({ kind: 'Status', code: 410, metadata: { continue: String(start) } }));
  return true;
};

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://server');
  const [count, write] = LISTS[pathname] ?? [0, String];
  if (searchParams.get('limit') !== String(PAGE_SIZE)) {
    send(response, 400, 'a list without pages');
    return;
  }
  const start = Number(searchParams.get('continue') ?? 0);
  if (failFirst(`${pathname} ${start}`, start, response)) return;
  const end = Math.min(count, start + PAGE_SIZE);
  const items = Array.from({ length: end - start }, (_, offset) => write(start + offset));
  const next = end < count ? { continue: String(end) } : {};
  send(response, 200, `{"metadata":${JSON.stringify({ resourceVersion: '1', ...next })},"items":[${items.join()}]}`);
});

server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
