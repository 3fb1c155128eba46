import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EXCLUDE_BALANCERS_LABEL } from '../../src/domain/cluster/annotations.ts';
import type { DecommissionPlan } from '../../src/domain/plan/decommission-plan.ts';
import { daemonSet, deployment } from '../../stack/cluster-fixtures/workloads.ts';
import { awaitClosing } from './harness/closing.ts';
import { SHORT_WAITS, startHarness, type Harness } from './harness/harness.ts';
import { createNodePool, inPool, type NodePool } from './harness/node-pool.ts';
import { toOwnWrites } from './harness/own-writes.ts';
import { readPodsOnNode } from './harness/pods-on-node.ts';
import { awaitStep } from './harness/progress.ts';
import { awaitSnapshot, readSnapshot } from './harness/snapshot.ts';
import { attachInlineDisk, attachVolume, createVolume, failDetachment } from './harness/volumes.ts';

/** Most tests act while the step waits, which a busy machine shows them some seconds later. */
const DETACH_SECONDS = 30;
const BY = { by: 'ann', reason: 'the disk is busy' };

describe('a node with volumes', () => {
  let harness: Harness;

  beforeAll(async () => {
    harness = await startHarness({ waits: { ...SHORT_WAITS, detachSeconds: DETACH_SECONDS } });
    await harness.startWorker();
  });

  afterAll(async () => {
    await harness.stop();
  });

  it('is deleted only when the volumes of evicted pods are detached; those of pods that stay do not count', async () => {
    const { stack } = harness;
    const { pool, evictedAttachment, stayingAttachment } = await createPoolWithVolumes('detaching');
    const run = await harness.start(requestFor(pool));
    await awaitStep(harness, run, pool.nodeName, 'detach');

    const left = await readPodsOnNode(stack, pool.nodeName);
    expect(left.map(({ metadata }) => metadata.labels?.['app'])).toEqual(['plugin']);
    expect(await stack.api.find(`/api/v1/nodes/${pool.nodeName}`)).toBeDefined();
    await stack.api.delete(evictedAttachment);
    const closing = await awaitClosing(run);

    expect(closing.report.outcome).toBe('Decommissioned');
    expect(await stack.api.find(`/api/v1/nodes/${pool.nodeName}`)).toBeUndefined();
    expect(await stack.api.find(stayingAttachment)).toBeDefined();
    expectDeletedAfter(pool, `${pool.nodeName}-data-attached`);
  });

  it('is deleted only when volumes are detached that an earlier drain left, inline ones too', async () => {
    const { stack } = harness;
    const pool = await createPlainPool('left');
    await createVolume(stack, { namespace: 'left', name: 'earlier' });
    const attachments = [
      await attachVolume(stack, 'left-earlier', pool.nodeName),
      await attachInlineDisk(stack, 'left-disk', pool.nodeName),
    ];
    const run = await harness.start(requestFor(pool));
    await awaitStep(harness, run, pool.nodeName, 'detach');

    const { findings } = await run.query<DecommissionPlan>('plan');
    expect(findings.filter(({ code }) => code === 'VolumeLeftAttached')).toMatchObject([
      {
        severity: 'warning',
        message: expect.stringMatching(
          /volume left-disk \(CSI driver simulated\.csi, VolumeAttachment left-disk-attached\), volume left-earlier /,
        ) as unknown,
      },
    ]);
    for (const attachment of attachments) await stack.api.delete(attachment);
    const { report } = await awaitClosing(run);

    expect(report.outcome).toBe('Decommissioned');
    expectDeletedAfter(pool, 'left-earlier-attached', 'left-disk-attached');
  });

  it('is deleted only when a volume is detached that was attached after the step detach', async () => {
    const { stack } = harness;
    const pool = await createPlainPool('again');
    const first = await attachInlineDisk(stack, 'again-first', pool.nodeName);
    const run = await harness.start(requestFor(pool));
    await awaitStep(harness, run, pool.nodeName, 'detach');
    await run.executeUpdate('pause', { args: [BY] });
    await stack.api.delete(first);
    await awaitStep(harness, run, pool.nodeName, 'detach', 'Succeeded');
    const second = await attachInlineDisk(stack, 'again-second', pool.nodeName);
    await run.executeUpdate('resume', { args: [BY] });
    await awaitStep(harness, run, pool.nodeName, 'deleteNode');
    await stack.api.delete(second);
    const { report } = await awaitClosing(run);

    expect(report.outcome).toBe('Decommissioned');
    expectDeletedAfter(pool, 'again-second-attached');
  });

  it('is undone exactly when a volume is still attached at the deadline', async () => {
    const { stack } = harness;
    const { pool, evictedAttachment, stayingAttachment } = await createPoolWithVolumes('attached');
    const left = await attachInlineDisk(stack, 'attached-disk', pool.nodeName);
    await failDetachment(stack, left, 'the disk is\n\u001b[1mbusy');
    const before = await readSnapshot(stack);

    const run = await harness.start(requestFor(pool));
    await awaitStep(harness, run, pool.nodeName, 'detach');
    // What the undo below has to remove.
    const { metadata } = await stack.api.read(`/api/v1/nodes/${pool.nodeName}`);
    expect(metadata.labels).toHaveProperty([EXCLUDE_BALANCERS_LABEL]);
    const closing = await awaitClosing(run);

    expect(closing).toMatchObject({
      type: 'RolledBack',
      report: { failure: { type: 'DetachTimeout' }, nodes: [{ failedStep: 'detach' }] },
    });
    expect(closing.message).toContain(
      'volume attached-data (CSI driver simulated.csi, VolumeAttachment attached-data-attached), ' +
        'volume attached-disk (CSI driver simulated.csi, VolumeAttachment attached-disk-attached, ' +
        'message of the driver: "the disk is ?[1mbusy")',
    );
    expect(await awaitSnapshot(stack, before)).toEqual(before);
    expect(await stack.api.find(evictedAttachment)).toBeDefined();
    expect(await stack.api.find(stayingAttachment)).toBeDefined();
  });

  it('is refused before any change when a pod can only run there, because its volume is local', async () => {
    const { stack } = harness;
    const pool = await createNodePool(stack, 'local', async (namespace) => {
      await createVolume(stack, { namespace, name: 'disk', onlyOnNode: namespace });
      const pod = inPool(namespace, { claimName: 'disk' });
      await stack.apply([deployment({ namespace, name: 'database', replicas: 2, pod })]);
      await stack.awaitPodsReady(namespace, 'app=database', 2);
    });
    const before = await readSnapshot(stack);
    const mark = stack.markAudit();

    const closing = await awaitClosing(await harness.start(requestFor(pool)));

    expect(closing).toMatchObject({ type: 'Refused', report: { outcome: 'Refused' } });
    expect(closing.message).toMatch(/pod local\/database-\S+ can only run on the nodes to remove/);
    expect(closing.message).toContain("didn't match PersistentVolume's node affinity");
    expect(toOwnWrites(stack.auditEvents(mark))).toEqual([]);
    expect(await readSnapshot(stack)).toEqual(before);
  });

  /** The Node was deleted after these VolumeAttachments. The first deletion of the Node in the log is preflight's dry run. */
  const expectDeletedAfter = ({ nodeName }: NodePool, ...attachments: readonly string[]): void => {
    const deletions = harness.stack
      .auditEvents()
      .filter(({ verb, responseStatus }) => verb === 'delete' && responseStatus?.code === 200)
      .map(({ objectRef }) => objectRef?.name ?? '');
    for (const attachment of attachments) {
      expect(deletions).toContain(attachment);
      expect(deletions.lastIndexOf(nodeName)).toBeGreaterThan(deletions.indexOf(attachment));
    }
  };

  /** Two pods without volumes can be evicted. */
  const createPlainPool = async (name: string): Promise<NodePool> => {
    const { stack } = harness;
    return await createNodePool(stack, name, async (namespace) => {
      await stack.apply([deployment({ namespace, name: 'web', replicas: 2, pod: inPool(namespace) })]);
      await stack.awaitPodsReady(namespace, '', 2);
    });
  };

  /** Two pods that share a volume can be evicted; a DaemonSet pod with its own volume, which tolerates every taint, stays. Both volumes are attached to the node. */
  const createPoolWithVolumes = async (
    name: string,
  ): Promise<{ pool: NodePool; evictedAttachment: string; stayingAttachment: string }> => {
    const { stack } = harness;
    const pool = await createNodePool(stack, name, async (namespace) => {
      await createVolume(stack, { namespace, name: 'data' });
      await createVolume(stack, { namespace, name: 'plugin' });
      const ofClaim = (claimName: string): object => ({ pod: inPool(namespace, { claimName }) });
      await stack.apply([
        deployment({ namespace, name: 'web', replicas: 2, ...ofClaim('data') }),
        daemonSet({
          namespace,
          name: 'plugin',
          pod: inPool(namespace, { claimName: 'plugin', tolerations: [{ operator: 'Exists' }] }),
        }),
      ]);
      await stack.awaitPodsReady(namespace, '', 3);
    });
    return {
      pool,
      evictedAttachment: await attachVolume(stack, `${name}-data`, name),
      stayingAttachment: await attachVolume(stack, `${name}-plugin`, name),
    };
  };

  const requestFor = ({ nodeName }: NodePool): object => ({ nodeNames: [nodeName], hostCleanup: 'skip' });
});
