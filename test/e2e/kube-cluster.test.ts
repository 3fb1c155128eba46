import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DisruptionBudgetFacts, NodeFacts, PodFacts } from '../../src/domain/cluster/facts.ts';
import {
  RIGHTS_TO_PLACE,
  RIGHTS_TO_READ,
  RIGHTS_TO_READ_OWNERS,
  RIGHTS_TO_RUN,
} from '../../src/domain/cluster/rights.ts';
import { createKubeCluster } from '../../src/kube/kube-cluster.ts';
import type { KubeCluster } from '../../src/kube/kube-cluster.ts';
import type { Follower, FollowListener, NewDisruptionBudget } from '../../src/ports/cluster.ts';
import type { Stack } from '../../stack/stack.ts';
import { startStack } from '../../stack/start-stack.ts';
import { RecordedFollow } from '../builders/recorded-follow.ts';

const OTHER_UID = '11111111-1111-1111-1111-111111111111';
const USER_AGENT = 'node-decommission/e2e';

let stack: Stack;
let cluster: KubeCluster;

beforeAll(async () => {
  stack = await startStack();
  await stack.apply(readFileSync(new URL('../../deploy/rbac.yaml', import.meta.url), 'utf8'));
  await stack.createNodes(['node-1', 'node-2', 'node-3'].map((name) => ({ name })));
  await stack.createNamespace('shop');
  await stack.apply([CLONE_SET_DEFINITION, deployment('web', 3)]);
  await stack.apply([cloneSet('clones', { replicas: 4 }), cloneSet('bare-clones', {})]);
  await stack.awaitPodsReady('shop', 'app=web', 3);
  cluster = createKubeCluster(
    'default',
    { kind: 'kubeconfig', path: await stack.serviceAccountKubeconfig('node-decommission', 'node-decommission') },
    { requestTimeoutSeconds: 10, userAgent: USER_AGENT },
  );
});

afterAll(async () => {
  await stack.stop();
});

const deployment = (name: string, replicas: number): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { namespace: 'shop', name },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        nodeSelector: { 'kubernetes.io/hostname': 'node-1' },
        containers: [{ name: 'main', image: 'none', resources: { requests: { cpu: '100m', memory: '64Mi' } } }],
      },
    },
  },
});

const CLONE_SET_DEFINITION = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'clonesets.apps.kruise.io' },
  spec: {
    group: 'apps.kruise.io',
    scope: 'Namespaced',
    names: { kind: 'CloneSet', plural: 'clonesets', singular: 'cloneset' },
    versions: [
      {
        name: 'v1alpha1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        subresources: {
          scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' },
        },
      },
    ],
  },
};

const cloneSet = (name: string, spec: object): object => ({
  apiVersion: 'apps.kruise.io/v1alpha1',
  kind: 'CloneSet',
  metadata: { namespace: 'shop', name },
  spec: { selector: { matchLabels: { app: name } }, ...spec },
});

const budget = (name: string, maxUnavailable: number): NewDisruptionBudget => ({
  namespace: 'shop',
  name,
  labels: {},
  annotations: {},
  selector: { matchLabels: { app: 'web' }, matchExpressions: [] },
  maxUnavailable,
  unhealthyPodEvictionPolicy: 'AlwaysAllow',
});

const readNode = async (name: string): Promise<NodeFacts> => {
  const node = await cluster.readNode(name);
  expect(node).toBeDefined();
  return node!;
};

const readWebPods = async (): Promise<readonly PodFacts[]> =>
  (await cluster.readPods({ nodeName: 'node-1', namespace: 'shop' })).filter(({ labels }) => labels['app'] === 'web');

/** Follows until an item matches, and returns it. */
const awaitItem = async <Item>(
  follow: (listener: FollowListener<Item>) => Follower,
  isWanted: (item: Item) => boolean,
): Promise<Item> => {
  let follower: Follower | undefined;
  const found = await new Promise<Item>((resolve) => {
    const check = (item: Item): void => {
      if (isWanted(item)) {
        resolve(item);
      }
    };
    follower = follow({
      onSync: (items) => {
        items.forEach(check);
      },
      onChange: check,
      onRemove: () => undefined,
      onTrouble: () => undefined,
    });
  });
  follower?.stop();
  return found;
};

const awaitBudget = async (
  name: string,
  isWanted: (facts: DisruptionBudgetFacts) => boolean,
): Promise<DisruptionBudgetFacts> =>
  await awaitItem(
    (listener) => cluster.followBudgets(listener),
    (facts) => facts.name === name && isWanted(facts),
  );

describe('a KubeCluster with the rights of deploy/rbac.yaml', () => {
  it('has exactly the needed rights', async () => {
    expect(
      await cluster.readMissingRights([
        ...RIGHTS_TO_READ,
        ...RIGHTS_TO_RUN,
        ...RIGHTS_TO_PLACE,
        ...RIGHTS_TO_READ_OWNERS,
      ]),
    ).toEqual([]);
    const more = [
      { verb: 'delete', group: '', resource: 'pods' },
      { verb: 'get', group: '', resource: 'secrets' },
      { verb: 'get', group: '', resource: 'namespaces' },
    ];
    expect(await cluster.readMissingRights(more)).toEqual(more);
  });

  it('identifies the cluster by kube-system and its CA', async () => {
    const identity = await cluster.readIdentity();
    const { stdout } = await stack.kubectl(['get', 'namespace', 'kube-system', '-o', 'jsonpath={.metadata.uid}']);
    expect(identity).toEqual({ kubeSystemUid: stdout, caHashes: [expect.stringMatching(/^[0-9a-f]{64}$/)] });
  });

  it('cordons and uncordons with UID and resourceVersion as preconditions', async () => {
    const before = await readNode('node-2');
    const cordoned = await cluster.patchNode(before, { unschedulable: true, annotations: { 'example.com/a': 'b' } });
    expect(cordoned).toMatchObject({ unschedulable: true, annotations: { 'example.com/a': 'b' } });
    await expect(cluster.patchNode(before, { unschedulable: true })).rejects.toMatchObject({ reason: 'Conflict' });
    await expect(cluster.patchNode({ ...cordoned, uid: OTHER_UID }, { unschedulable: false })).rejects.toMatchObject({
      reason: 'Conflict',
    });
    await expect(cluster.patchNode({ ...cordoned, name: 'none' }, {})).rejects.toMatchObject({ reason: 'NotFound' });
    // The node lifecycle controller adds a taint after a cordon.
    const now = await awaitItem<NodeFacts>(
      (listener) => cluster.followNode('node-2', listener),
      ({ taints }) => taints.some(({ key }) => key === 'node.kubernetes.io/unschedulable'),
    );
    const uncordoned = await cluster.patchNode(now, { unschedulable: false, annotations: { 'example.com/a': null } });
    expect(uncordoned.unschedulable).toBe(false);
    expect(uncordoned.annotations).toEqual(before.annotations);
  });

  it('follows Nodes while they are cordoned', async () => {
    // Not by a write that needs the Node's last version: its controllers may still change it after the test before.
    await stack.kubectl(['cordon', 'node-2']);
    const { uid } = await readNode('node-2');
    const seen = new RecordedFollow<NodeFacts>();
    const follower = cluster.followCordonedNodes(seen);
    expect(await seen.awaitCalls(1)).toEqual(['sync node-2']);
    expect(seen.latest?.uid).toBe(uid);
    await stack.kubectl(['uncordon', 'node-2']);
    while (!seen.calls.includes('remove node-2')) await seen.awaitCalls(seen.calls.length + 1);
    follower.stop();
  });

  it('finds the workloads behind a pod', async () => {
    const [pod] = await readWebPods();
    const replicaSet = await cluster.readWorkload('shop', pod!.controller!);
    expect(replicaSet).toMatchObject({ kind: 'ReplicaSet', replicas: 3 });
    expect(await cluster.readWorkload('shop', replicaSet!.controller!)).toMatchObject({
      kind: 'Deployment',
      name: 'web',
      replicas: 3,
      selector: { matchLabels: { app: 'web' } },
    });
    expect(await cluster.readWorkload('shop', { ...replicaSet!.controller!, uid: OTHER_UID })).toBeUndefined();
  });

  it.each([
    ['clones', 4],
    ['bare-clones', 1],
  ])('reads the scale of CloneSet %s as %i', async (name, replicas) => {
    const { stdout: uid } = await stack.kubectl([
      'get',
      'cloneset',
      '-n',
      'shop',
      name,
      '-o',
      'jsonpath={.metadata.uid}',
    ]);
    const reference = { apiVersion: 'apps.kruise.io/v1alpha1', kind: 'CloneSet', name, uid, controller: true };
    expect(await cluster.readWorkload('shop', reference)).toMatchObject({
      replicas,
      selector: { matchLabels: { app: name } },
    });
  });

  it('returns undefined for the kind of a removed CRD', async () => {
    const reference = { apiVersion: 'gone.example.com/v1', kind: 'Gone', name: 'a', uid: 'u', controller: true };
    expect(await cluster.readWorkload('shop', reference)).toBeUndefined();
  });

  it('creates, annotates and deletes a budget with its preconditions', async () => {
    const created = await cluster.createBudget(budget('short-lived', 1));
    await expect(cluster.createBudget(budget('short-lived', 1))).rejects.toMatchObject({ reason: 'AlreadyExists' });
    const now = await awaitBudget('short-lived', ({ currentHealthy }) => currentHealthy === 3);
    await expect(cluster.annotateBudget(created, { a: 'b' })).rejects.toMatchObject({ reason: 'Conflict' });
    await expect(cluster.deleteBudget(created)).rejects.toMatchObject({ reason: 'Conflict' });
    const annotated = await cluster.annotateBudget(now, { NodeDrainTaskX: 'processing' });
    expect(annotated.annotations).toEqual({ NodeDrainTaskX: 'processing' });
    expect(await cluster.deleteBudget({ ...annotated, uid: OTHER_UID })).toBe('otherUid');
    expect(await cluster.deleteBudget(annotated)).toBe('accepted');
    expect(await cluster.deleteBudget(annotated)).toBe('gone');
    expect(await cluster.readBudget('shop', 'short-lived')).toBeUndefined();
  });

  it('evicts within the budget, and reads each refusal', async () => {
    await cluster.createBudget(budget('web-pdb', 1));
    await awaitBudget('web-pdb', ({ disruptionsAllowed }) => disruptionsAllowed === 1);
    const [first, second] = await readWebPods();
    const seen = new RecordedFollow<PodFacts>();
    const follower = cluster.followPods({ nodeName: 'node-1' }, seen);
    await seen.awaitCalls(1);

    expect(await cluster.evictPod({ ...first!, name: 'none' })).toEqual({ kind: 'gone' });
    expect(await cluster.evictPod(first!)).toEqual({ kind: 'accepted' });
    expect(await cluster.evictPod(second!)).toMatchObject({
      kind: 'blockedByBudget',
      message: expect.stringContaining('web-pdb'),
    });
    await seen.awaitCalls(3);
    expect(seen.calls).toContain(`change ${first!.name}`);
    follower.stop();

    await cluster.createBudget(budget('second-pdb', 1));
    expect(await cluster.evictPod(second!)).toMatchObject({ kind: 'multipleBudgets' });
  });

  it('does not evict another pod of the same name', async () => {
    await stack.apply([deployment('alone', 1)]);
    await stack.awaitPodsReady('shop', 'app=alone', 1);
    const pods = await cluster.readPods({ namespace: 'shop' });
    const alone = pods.find(({ labels }) => labels['app'] === 'alone')!;
    expect(await cluster.evictPod({ ...alone, uid: OTHER_UID })).toEqual({ kind: 'otherUid' });
    expect(await cluster.readPod('shop', alone.name)).toMatchObject({ uid: alone.uid });
  });

  it('reads volumes, claims and attachments', async () => {
    expect(await cluster.readVolumeClaims('shop')).toEqual([]);
    expect(await cluster.readVolumes()).toEqual([]);
    expect(await cluster.readVolumeAttachments()).toEqual([]);
  });

  it('deletes a node as a dry run, then really, with its UID as precondition', async () => {
    const target = await readNode('node-3');
    const seen = new RecordedFollow<NodeFacts>();
    const follower = cluster.followNode('node-3', seen);
    await seen.awaitCalls(1);
    expect(await cluster.deleteNode({ ...target, uid: OTHER_UID }, { dryRun: true })).toBe('otherUid');
    expect(await cluster.deleteNode(target, { dryRun: true })).toBe('accepted');
    expect(await readNode('node-3')).toMatchObject({ uid: target.uid, deleting: false });
    expect(await cluster.deleteNode(target, { dryRun: false })).toBe('accepted');
    expect(await cluster.deleteNode(target, { dryRun: false })).toBe('gone');
    while (!seen.calls.includes('remove node-3')) {
      await seen.awaitCalls(seen.calls.length + 1);
    }
    follower.stop();
    expect(await cluster.readNode('node-3')).toBeUndefined();
  });

  it('keeps following after the API server was killed', async () => {
    const seen = new RecordedFollow<NodeFacts>();
    const follower = cluster.followNode('node-1', seen);
    await seen.awaitCalls(1);
    await stack.restartApiServer('SIGKILL');
    await stack.kubectl(['label', 'node', 'node-1', 'example.com/after=restart']);
    while (seen.latest?.labels['example.com/after'] !== 'restart') {
      await seen.awaitCalls(seen.calls.length + 1);
    }
    follower.stop();
    expect(seen.troubles.map(({ reason }) => reason)).toContain('Unreachable');
  });

  it('identifies itself in the audit log', () => {
    const agents = new Set(
      stack
        .auditEvents()
        .filter(({ user }) => user.username === 'system:serviceaccount:node-decommission:node-decommission')
        .map(({ userAgent }) => userAgent),
    );
    expect([...agents]).toEqual([USER_AGENT]);
  });
});
