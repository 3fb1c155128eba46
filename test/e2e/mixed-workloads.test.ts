import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BUDGET_SPEC_HASH_ANNOTATION, MANAGED_BY, MANAGED_BY_LABEL } from '../../src/domain/cluster/annotations.ts';
import { cloneSetDefinition } from '../../stack/cluster-fixtures/clone-set.ts';
import { disruptionBudget } from '../../stack/cluster-fixtures/disruption-budget.ts';
import type { KubernetesObject } from '../../stack/cluster-fixtures/kubernetes-object.ts';
import { pod } from '../../stack/cluster-fixtures/pods.ts';
import { deployment } from '../../stack/cluster-fixtures/workloads.ts';
import { bindRole } from './harness/bind-role.ts';
import { awaitClosing } from './harness/closing.ts';
import { toAcceptedEvictions, toRepeatedUids } from './harness/evictions.ts';
import { SHORT_WAITS, startHarness, type Harness } from './harness/harness.ts';
import {
  awaitCloneSetsCounted,
  createMixedPool,
  FOREIGN_BUDGETS,
  isDaemon,
  isStaying,
  OTHER_TASK_ANNOTATION,
  PROTECTED_WORKLOADS,
} from './harness/mixed-workloads.ts';
import { createNodePool, inPool, type NodePool } from './harness/node-pool.ts';
import { startObjectWatch, toLowestHealthyCount, type ObjectWatch } from './harness/object-watch.ts';
import { toOwnWrites, toWrittenNames } from './harness/own-writes.ts';
import { readPodsOnNode, toUids } from './harness/pods-on-node.ts';
import { awaitSnapshot, readSnapshot } from './harness/snapshot.ts';

describe('a node with every kind of workload', () => {
  let harness: Harness;
  let leaving: NodePool;
  let staying: NodePool;

  beforeAll(async () => {
    harness = await startHarness({ waits: { ...SHORT_WAITS, budgetObservedSeconds: 60 } });
    const { stack } = harness;
    await stack.apply([cloneSetDefinition()]);
    [leaving, staying] = await Promise.all([
      createMixedPool(stack, 'leaving'),
      createMixedPool(stack, 'staying', (namespace, shape) => [
        deployment({ namespace, name: 'stuck', replicas: 2, pod: shape }),
        disruptionBudget({ namespace, name: 'stuck', maxUnavailable: 0 }),
      ]),
      awaitCloneSetsCounted(stack, 'probe'),
      harness.startWorker(),
    ]);
    await stack.awaitPodsReady('staying', 'app=stuck', 2);
  });

  afterAll(async () => {
    await harness.stop();
  });

  it('is drained within every budget, and objects of others are unchanged', async () => {
    const { stack } = harness;
    const pool = leaving;
    const onNode = await readPodsOnNode(stack, pool.nodeName);
    const { [`Node /${pool.nodeName}`]: _node, ...others } = await readSnapshot(stack);
    const [pods, budgets] = await watchPool(pool);
    const mark = stack.markAudit();

    const closing = await awaitClosing(await harness.start(requestFor(pool, 'leaving-task')));
    await Promise.all([pods.stop(), budgets.stop()]);

    expect(closing.report.outcome).toBe('Decommissioned');
    expect(await stack.api.find(`/api/v1/nodes/${pool.nodeName}`)).toBeUndefined();
    expect(await awaitSnapshot(stack, others)).toEqual(others);
    const events = stack.auditEvents(mark);
    const evictions = toAcceptedEvictions(events);
    expect(evictions.map(({ uid }) => uid).sort()).toEqual(
      toUids(onNode, (name) => !isStaying(name) || isDaemon(name)),
    );
    // Of the DaemonSet, which does not recreate it on the tainted node.
    expect(evictions.at(-1)?.pod).toMatch(/\/agent-/);
    expect(closing.report.nodes[0]?.steps.find(({ name }) => name === 'detach')?.message).toContain(
      '1 DaemonSet pod evicted last',
    );
    expect(toRepeatedUids(evictions)).toEqual([]);
    expect(toWrittenNames(events, 'delete', 'pods')).toEqual([]);
    expectBudgetWrites(pool, 'leaving-task', budgets);
    expect(toWrittenNames(events, 'create', 'poddisruptionbudgets')).toEqual(ownBudgetNames(pool));
    expect(toWrittenNames(events, 'delete', 'poddisruptionbudgets')).toEqual(ownBudgetNames(pool));
    expect(toWrittenNames(events, 'patch', 'poddisruptionbudgets')).toEqual([`${pool.namespace}/shared-pdb`]);
    expect(toWrittenNames(events, 'patch', 'nodes')).toEqual([`/${pool.nodeName}`]);
    expectBudgetsInForce(pods);
  });

  it('is undone exactly when a budget never allows the last evictions', async () => {
    const { stack } = harness;
    const pool = staying;
    const isKept = (name: string): boolean => isStaying(name) || name.startsWith('stuck-');
    const onNode = await readPodsOnNode(stack, pool.nodeName);
    const before = await readSnapshot(stack);
    const [pods, budgets] = await watchPool(pool);
    const mark = stack.markAudit();

    const closing = await awaitClosing(
      await harness.start({ ...requestFor(pool, 'staying-task'), preflight: 'warn', timeoutSeconds: 12 }),
    );
    await Promise.all([pods.stop(), budgets.stop()]);

    expect(closing).toMatchObject({
      status: 'Failed',
      type: 'RolledBack',
      report: { failure: { type: 'DrainTimeout' }, nodes: [{ failedStep: 'evict' }] },
    });
    expect(await awaitSnapshot(stack, before)).toEqual(before);
    const events = stack.auditEvents(mark);
    expect(toUids(await readPodsOnNode(stack, pool.nodeName), isKept)).toEqual(toUids(onNode, isKept));
    const evictable = toUids(onNode, (name) => !isKept(name));
    expect(evictable).toEqual(expect.arrayContaining(toAcceptedEvictions(events).map(({ uid }) => uid)));
    expect(toRepeatedUids(toAcceptedEvictions(events))).toEqual([]);
    expectBudgetWrites(pool, 'staying-task', budgets);
    expectBudgetsInForce(pods);
  });

  it('stays cordoned after the undo, when another client had cordoned it before', async () => {
    const { stack } = harness;
    const pool = await createNodePool(stack, 'cordoned-before', async (namespace) => {
      const shape = inPool(namespace, { behavior: { termination: 'never' } });
      await stack.apply([pod({ namespace, name: 'endless', labels: { app: 'endless' }, ...shape })]);
      await stack.awaitPodsReady(namespace, 'app=endless', 1);
    });
    await stack.kubectl(['cordon', pool.nodeName]);
    await awaitTaint(pool.nodeName);
    const before = await readSnapshot(stack);

    const closing = await awaitClosing(
      await harness.start(
        { ...requestFor(pool, 'cordoned-task'), timeoutSeconds: 3 },
        { workflowType: 'decommissionNode' },
      ),
    );

    expect(closing.report).toMatchObject({ outcome: 'RolledBack', failure: { type: 'DrainTimeout' } });
    const after = await awaitSnapshot(stack, before);
    expect(after).toEqual(before);
    expect((await stack.api.read(`/api/v1/nodes/${pool.nodeName}`)).spec?.['unschedulable']).toBe(true);
    expect(closing.report.nodes[0]?.pods).toMatchObject([
      { name: 'endless', outcome: 'Terminating', evictedAt: expect.any(String) as unknown },
    ]);
  });

  it('keeps a single replica unless the caller accepts its outage', async () => {
    const { stack } = harness;
    const pool = await createNodePool(stack, 'lonely', async (namespace) => {
      await stack.apply([deployment({ namespace, name: 'single', replicas: 1, pod: inPool(namespace) })]);
      await stack.awaitPodsReady(namespace, 'app=single', 1);
    });
    const onNode = await readPodsOnNode(stack, pool.nodeName);
    const before = await readSnapshot(stack);
    const mark = stack.markAudit();

    const refused = await awaitClosing(await harness.start({ nodeNames: [pool.nodeName], hostCleanup: 'skip' }));

    expect(refused).toMatchObject({ type: 'Refused', report: { outcome: 'Refused' } });
    expect(refused.message).toContain('Deployment/single has a replica count of 1');
    expect(refused.message).toContain('singleReplica: evict');
    expect(toOwnWrites(stack.auditEvents(mark))).toEqual([]);
    expect(await readSnapshot(stack)).toEqual(before);

    const done = await awaitClosing(
      await harness.start({ nodeNames: [pool.nodeName], hostCleanup: 'skip', singleReplica: 'evict' }),
    );

    expect(done.report.outcome).toBe('Decommissioned');
    const events = stack.auditEvents(mark);
    expect(toAcceptedEvictions(events).map(({ uid }) => uid)).toEqual(toUids(onNode));
    expect(toWrittenNames(events, 'create', 'poddisruptionbudgets')).toEqual([]);
  });

  it('lets pods leave within maxUnavailable, of which an owner covers one with a budget and nine not', async () => {
    const { stack } = harness;
    const pool = await createNodePool(stack, 'partly', async (namespace) => {
      const shape = inPool(namespace, { terminationGracePeriodSeconds: 1 });
      await stack.apply([
        deployment({ namespace, name: 'partly', replicas: 10, pod: shape }),
        disruptionBudget({ namespace, name: 'guard', matchLabels: { guarded: 'yes' }, minAvailable: 0 }),
      ]);
      await stack.awaitPodsReady(namespace, 'app=partly', 10);
      const [first] = await stack.api.list(`/api/v1/namespaces/${namespace}/pods`);
      await stack.kubectl(['label', 'pod', first!.metadata.name, '-n', namespace, 'guarded=yes']);
    });
    const path = `/api/v1/namespaces/${pool.namespace}/pods`;
    const pods = await startObjectWatch(stack, 'partly-pods', path);
    const mark = stack.markAudit();

    const closing = await awaitClosing(await harness.start(requestFor(pool, 'partly-task')));
    await pods.stop();

    expect(closing.report.outcome).toBe('Decommissioned');
    const events = stack.auditEvents(mark);
    expect(toAcceptedEvictions(events)).toHaveLength(10);
    expect(toWrittenNames(events, 'create', 'poddisruptionbudgets')).toEqual([]);
    // 25 % of ten, rounded up, and the covered one, which leaves as its own budget allows.
    expect(toLowestHealthyCount(pods, 'partly')).toBeGreaterThanOrEqual(10 - 3 - 1);
    expect(toLowestHealthyCount(pods, 'partly')).toBeLessThan(10);
  });

  it('deletes pods whose budget never allows their eviction shortly before the limit, each with its own grace', async () => {
    const { stack } = harness;
    await bindRole(stack, 'node-decommission-force');
    const pool = await createNodePool(stack, 'hard-end', async (namespace) => {
      const shape = inPool(namespace, { terminationGracePeriodSeconds: 1 });
      await stack.apply([
        deployment({ namespace, name: 'stuck', replicas: 2, pod: shape }),
        disruptionBudget({ namespace, name: 'stuck', maxUnavailable: 0 }),
      ]);
      await stack.awaitPodsReady(namespace, 'app=stuck', 2);
    });
    const onNode = await readPodsOnNode(stack, pool.nodeName);
    const [pods, budgets] = await watchPool(pool);
    const mark = stack.markAudit();

    const closing = await awaitClosing(
      await harness.start(
        {
          ...requestFor(pool, 'hard-end-task'),
          ...{ preflight: 'warn', timeoutSeconds: 12, onTimeout: 'delete' },
        },
        { workflowType: 'decommissionNode' },
      ),
    );
    await Promise.all([pods.stop(), budgets.stop()]);

    const [node] = closing.report.nodes;
    expect(closing.report.outcome).toBe('Decommissioned');
    expect(toAcceptedEvictions(stack.auditEvents(mark))).toEqual([]);
    expect(node?.pods).toHaveLength(2);
    for (const { outcome, message } of node?.pods ?? []) {
      expect({ outcome, message }).toEqual({
        outcome: 'Gone',
        message: expect.stringMatching(/^deleted at .*, without regard to its budgets$/),
      });
    }
    expect(node?.pods.map(({ uid }) => uid).sort()).toEqual(toUids(onNode));
    for (const { name } of onNode.map(({ metadata }) => metadata)) {
      const note = `pod ${pool.namespace}/${name} was deleted shortly before the deadline (onTimeout: delete): budget ${pool.namespace}/stuck allows 0 now`;
      expect(node?.notes).toContainEqual(expect.stringContaining(note));
    }
    // The kubelet removes each of them from the API with a second deletion, without a grace period.
    const deleted = pods.events().filter(({ object }) => object.metadata.deletionGracePeriodSeconds !== undefined);
    for (const uid of toUids(onNode)) {
      const first = deleted.find(({ object }) => object.metadata.uid === uid);
      expect(first?.object.metadata.deletionGracePeriodSeconds).toBe(1);
    }
  });

  const requestFor = ({ nodeName }: NodePool, taskId: string): object => ({
    ...{ nodeNames: [nodeName], taskId, hostCleanup: 'skip', timeoutSeconds: 300 },
    ...{ force: true, deleteEmptyDirData: true, singleReplica: 'evict' },
  });

  const watchPool = async ({ namespace }: NodePool): Promise<readonly [ObjectWatch, ObjectWatch]> => [
    await startObjectWatch(harness.stack, `${namespace}-pods`, `/api/v1/namespaces/${namespace}/pods`),
    await startObjectWatch(
      harness.stack,
      `${namespace}-budgets`,
      `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`,
    ),
  ];

  const ownBudgetNames = ({ namespace }: NodePool): readonly string[] =>
    PROTECTED_WORKLOADS.map(({ app }) => `${namespace}/${app}-pdb`).sort();

  /** One budget per workload, also for the Deployment in mid-rollout; none for the single replica; that of the other task is kept. */
  const expectBudgetWrites = ({ namespace }: NodePool, taskId: string, { events, initialCount }: ObjectWatch): void => {
    const changes = events().slice(initialCount);
    const ownAnnotation = { [`NodeDrainTask${taskId}`]: 'processing' };
    const created = changes.filter(({ type }) => type === 'ADDED').map(({ object }) => toComparableBudget(object));
    expect(created.sort((a, b) => a.name.localeCompare(b.name))).toEqual(
      [...PROTECTED_WORKLOADS]
        .sort((a, b) => a.app.localeCompare(b.app))
        .map(({ app, maxUnavailable }) => ({
          ...{ namespace, name: `${app}-pdb`, labels: { [MANAGED_BY_LABEL]: MANAGED_BY } },
          annotations: { ...ownAnnotation, [BUDGET_SPEC_HASH_ANNOTATION]: expect.any(String) },
          spec: {
            ...{ maxUnavailable, unhealthyPodEvictionPolicy: 'AlwaysAllow' },
            selector: { matchLabels: { app } },
          },
        })),
    );
    const annotationsOf = (name: string): readonly (readonly string[])[] =>
      changes
        .filter(({ object }) => object.metadata.name === name)
        .map(({ object }) => Object.keys(object.metadata.annotations ?? {}).filter((key) => key.includes('Task')));
    const [own] = Object.keys(ownAnnotation);
    expect(annotationsOf('shared-pdb')).toContainEqual([own, OTHER_TASK_ANNOTATION].sort());
    expect(annotationsOf('shared-pdb').every((keys) => keys.includes(OTHER_TASK_ANNOTATION))).toBe(true);
    expect(annotationsOf('owned-guard').flat()).toEqual([]);
  };

  const toComparableBudget = ({ metadata, spec }: KubernetesObject) => ({
    namespace: metadata.namespace,
    name: metadata.name,
    labels: metadata.labels,
    annotations: metadata.annotations,
    spec,
  });

  const expectBudgetsInForce = (pods: ObjectWatch): void => {
    const workloads = [...PROTECTED_WORKLOADS, ...FOREIGN_BUDGETS];
    const lowest = Object.fromEntries(workloads.map(({ app }) => [app, toLowestHealthyCount(pods, app)]));
    const tooLow = workloads.filter(({ app, leastHealthy }) => lowest[app]! < leastHealthy);
    expect({ tooLow, lowest }).toEqual({ tooLow: [], lowest });
    // The watch must have observed the drain, or it would prove nothing.
    expect(lowest['web']).toBeLessThan(8);
  };

  const awaitTaint = async (nodeName: string): Promise<void> => {
    await harness.stack.kubectl([
      ...['wait', `node/${nodeName}`, '--timeout=30s'],
      '--for=jsonpath={.spec.taints[?(@.key=="node.kubernetes.io/unschedulable")].effect}=NoSchedule',
    ]);
  };
});
