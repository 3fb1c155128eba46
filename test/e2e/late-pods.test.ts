import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { awaitCondition } from '../../stack/processes/await-condition.ts';
import { pod } from '../../stack/cluster-fixtures/pods.ts';
import { deployment, replicaSet } from '../../stack/cluster-fixtures/workloads.ts';
import type { AuditEvent, AuditMark } from '../../stack/control-plane/audit-log.ts';
import { awaitClosing } from './harness/closing.ts';
import { toAcceptedEvictions, toRepeatedUids } from './harness/evictions.ts';
import { SHORT_WAITS, startHarness, type Harness } from './harness/harness.ts';
import { createBlockedPool, unblockPods, startBlockedDrain, toNodePath } from './harness/blocked-pool.ts';
import { createNodePool, inPool } from './harness/node-pool.ts';
import { toOwnWrites } from './harness/own-writes.ts';
import { readPodsOnNode, toUids } from './harness/pods-on-node.ts';
import { awaitSnapshot, readSnapshot } from './harness/snapshot.ts';

/** Long enough to create a pod between two checks. */
const EMPTY_TWICE_SECONDS = 3;

describe('a pod that is bound to the node after the cordon', () => {
  let harness: Harness;

  beforeAll(async () => {
    harness = await startHarness({ waits: { ...SHORT_WAITS, emptyTwiceSeconds: EMPTY_TWICE_SECONDS } });
    await harness.startWorker();
  });

  afterAll(async () => {
    await harness.stop();
  });

  it('is not evicted without the consent that it needs, and the run is undone', async () => {
    const { stack } = harness;
    const pool = await createBlockedPool(stack, 'late-bare');
    const run = await startBlockedDrain(harness, pool);
    await stack.apply([pod({ namespace: pool.namespace, name: 'bare', nodeName: pool.nodeName })]);
    const mark = stack.markAudit();

    await unblockPods(stack, pool);
    const closing = await awaitClosing(run);

    expect(closing).toMatchObject({ type: 'RolledBack', report: { failure: { type: 'ConsentMissing' } } });
    expect(closing.message).toContain('late-bare/bare: it has no controller, so it is not recreated');
    expect(toAcceptedEvictions(stack.auditEvents(mark)).map(({ pod: name }) => name)).not.toContain('late-bare/bare');
    expect((await readPodsOnNode(stack, pool.nodeName)).map(({ metadata }) => metadata.name)).toContain('bare');
  });

  it('is evicted within a budget for its workload', async () => {
    const { stack } = harness;
    const pool = await createBlockedPool(stack, 'late-owned');
    const { namespace, nodeName } = pool;
    const run = await startBlockedDrain(harness, pool);
    await stack.apply([replicaSet({ namespace, name: 'late', replicas: 3, pod: inPool(namespace, { nodeName }) })]);
    await stack.awaitPodsReady(namespace, 'app=late', 3);
    // The scheduler must place the replacements.
    const path = `/apis/apps/v1/namespaces/${namespace}/replicasets/late`;
    await stack.api.patch(path, { spec: { template: { spec: { nodeName: null } } } });
    const late = toUids(await readPodsOnNode(stack, nodeName), (name) => name.startsWith('late-'));
    const mark = stack.markAudit();

    await unblockPods(stack, pool);
    const closing = await awaitClosing(run);

    expect(closing.report.outcome).toBe('Decommissioned');
    const events = stack.auditEvents(mark);
    const evictions = toAcceptedEvictions(events).map(({ uid }) => uid);
    expect(evictions).toEqual(expect.arrayContaining([...late]));
    const writes = toOwnWrites(events);
    const createdAt = writes.indexOf(`create poddisruptionbudgets ${namespace}/late-pdb`);
    expect(createdAt).toBeGreaterThanOrEqual(0);
    expect(createdAt).toBeLessThan(
      writes.findIndex((write) => write.startsWith(`create pods/eviction ${namespace}/late-`)),
    );
    expect(writes).toContain(`delete poddisruptionbudgets ${namespace}/late-pdb`);
    expect(closing.report.nodes[0]?.notes).toContain(`budget ${namespace}/late-pdb protects a workload on the node`);
  });

  it('is no longer evicted when its workload has returned three times, and the run is undone', async () => {
    const { stack } = harness;
    const { nodeName } = await createNodePool(stack, 'bound', async (namespace) => {
      const tolerations = [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists' }];
      const selector = { nodeSelector: { 'kubernetes.io/hostname': namespace } };
      await stack.apply([deployment({ namespace, name: 'loyal', replicas: 2, pod: { tolerations, ...selector } })]);
      await stack.awaitPodsReady(namespace, 'app=loyal', 2);
    });
    const before = await readSnapshot(stack);
    const mark = stack.markAudit();

    const closing = await awaitClosing(
      await harness.start({ nodeNames: [nodeName], preflight: 'warn', hostCleanup: 'skip' }),
    );

    expect(closing).toMatchObject({ type: 'RolledBack', report: { failure: { type: 'NodeBoundPods' } } });
    expect(closing.message).toContain('pods of Deployment/loyal were recreated on the cordoned node three times');
    expect(await awaitSnapshot(stack, before)).toEqual(before);
    const evictions = toAcceptedEvictions(stack.auditEvents(mark));
    // Two pods, and both of their first two returns.
    expect(evictions).toHaveLength(6);
    expect(toRepeatedUids(evictions)).toEqual([]);
  });

  it('restarts the two checks when it is bound between them', async () => {
    const { stack } = harness;
    const { nodeName, namespace } = await createNodePool(stack, 'between', () => Promise.resolve());
    const mark = stack.markAudit();
    const run = await harness.start({ nodeNames: [nodeName], force: true, hostCleanup: 'skip' });
    await awaitCondition('the node was found empty once', () => readEmptyChecks(nodeName, mark).length === 1);

    await stack.apply([pod({ namespace, name: 'between', nodeName })]);
    const { report } = await awaitClosing(run);

    expect(report.outcome).toBe('Decommissioned');
    expect(await stack.api.find(toNodePath(nodeName))).toBeUndefined();
    const evictions = toAcceptedEvictions(stack.auditEvents(mark));
    expect(evictions.map(({ pod: name }) => name)).toEqual(['between/between']);
    const evictedAt = stack.auditEvents(mark).find(({ objectRef }) => objectRef?.subresource === 'eviction')!;
    // After the two checks the pods are listed once for those of DaemonSets, and once before the point of no return.
    const [first, second] = readEmptyChecks(nodeName, mark)
      .filter((at) => at > toTime(evictedAt))
      .slice(-4);
    expect(second! - first!).toBeGreaterThanOrEqual(EMPTY_TWICE_SECONDS * 1000);
  });

  const toTime = ({ requestReceivedTimestamp }: AuditEvent): number => Date.parse(requestReceivedTimestamp);

  /** When the worker listed the pods of the node, once it was cordoned. */
  const readEmptyChecks = (nodeName: string, mark: AuditMark): readonly number[] => {
    const events = harness.stack.auditEvents(mark);
    const marks = events.flatMap(({ verb, objectRef }, index) =>
      verb === 'patch' && objectRef?.resource === 'nodes' && objectRef.name === nodeName ? [index] : [],
    );
    // The first write to the node is the lock, the second one the cordon.
    if (marks.length < 2) return [];
    return events
      .slice(marks[1])
      .filter(({ verb, requestURI }) => verb === 'list' && requestURI.includes(`spec.nodeName%3D${nodeName}`))
      .map(toTime);
  };
});
