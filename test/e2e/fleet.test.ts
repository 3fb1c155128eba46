import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunStatus } from '../../src/domain/run/status.ts';
import type { DecommissionReport, NodeReport, StepName } from '../../src/domain/run/report.ts';
import { node } from '../../stack/cluster-fixtures/node.ts';
import { pod } from '../../stack/cluster-fixtures/pods.ts';
import type { AuditMark } from '../../stack/control-plane/audit-log.ts';
import { awaitCondition } from '../../stack/processes/await-condition.ts';
import type { ManagedProcess } from '../../stack/processes/managed-process.ts';
import { awaitClosing, type Closing } from './harness/closing.ts';
import { toAcceptedEvictions, toRepeatedUids, toUnaccountedPods } from './harness/evictions.ts';
import { createFleet, FLEET, PODS_PER_NODE, toZone, type Fleet } from './harness/fleet-pool.ts';
import { startHarness, type Harness, type Run } from './harness/harness.ts';
import { startObjectWatch, toLowestHealthyCount, type ObjectWatch } from './harness/object-watch.ts';
import { awaitNodeGone, awaitStep, readEvictions } from './harness/progress.ts';
import { writeRotatedConfiguration } from './harness/rotated-ca.ts';

/** RFC 3339; empty: it did not start or end. */
const timeOf = (report: NodeReport | undefined, step: StepName, which: 'startedAt' | 'endedAt'): string =>
  report?.steps.find(({ name }) => name === step)?.[which] ?? '';

const NODES = ['a1', 'a2', 'a3', 'b1', 'b2', 'b3', 'c1', 'c2'].map((name) => `${FLEET}-${name}`);
const PARKED = `${FLEET}-a1`;
const FAILED = `${FLEET}-b2`;

/** Eight nodes in three zones: one is parked and resumed, one fails, and the worker is killed, in the middle of a rotation of the cluster's CA. */
describe('a fleet of nodes', () => {
  let harness: Harness;
  let worker: ManagedProcess;
  let fleet: Fleet;
  let watch: ObjectWatch;
  let run: Run;
  let whileParked: RunStatus;
  let closing: Closing;
  /** Everything after it was done by the worker whose kubeconfig has the old and the new CA. */
  let nextWorkerSince: AuditMark;

  beforeAll(async () => {
    harness = await startHarness({ waits: { settleSeconds: 0.5, emptyTwiceSeconds: 0.5, staysGoneSeconds: 4 } });
    fleet = await createFleet(harness.stack, NODES);
    watch = await startObjectWatch(harness.stack, FLEET, `/api/v1/namespaces/${FLEET}/pods`);
    worker = await harness.startWorker();
    run = await harness.start({
      taskId: FLEET,
      nodeNames: NODES,
      hostCleanup: 'skip',
      maxConcurrentNodes: 3,
      oneZoneAtATime: true,
      stopAfterFailures: 2,
    });
    whileParked = await parkOnce(PARKED);
    await failLater(FAILED);
    closing = await awaitClosing(run);
  });

  afterAll(async () => {
    await watch.stop();
    await harness.stop();
  });

  /** A pod without an owner arrives after the node's own preflight: the request does not allow its eviction. */
  const failLater = async (nodeName: string): Promise<void> => {
    await awaitStep(harness, run, nodeName, 'evict');
    await harness.stack.api.create(
      `/api/v1/namespaces/${FLEET}/pods`,
      pod({ namespace: FLEET, name: 'bare', nodeName, tolerations: [{ operator: 'Exists' }] }),
    );
  };

  /** Its Node registers again, and is deleted again before the resume. The worker dies meanwhile. */
  const parkOnce = async (nodeName: string): Promise<RunStatus> => {
    const { api } = harness.stack;
    await awaitNodeGone(harness, nodeName);
    await api.create('/api/v1/nodes', node({ name: nodeName }));
    // The other nodes of its zone end first: the death of a worker while activities run is noticed only after half a minute.
    const status = await awaitStatus(({ phase }) => phase === 'NeedsOperator');
    await worker.stop('SIGKILL');
    worker = await harness.startWorker({ NODE_DECOMMISSION_CONFIG: writeRotatedConfiguration(harness) });
    nextWorkerSince = harness.stack.markAudit();
    await api.delete(`/api/v1/nodes/${nodeName}`);
    const resumed = await harness.runCli([
      'resume',
      run.workflowId,
      '--by',
      'ops',
      '--reason',
      'its kubelet is stopped',
    ]);
    expect(resumed.exitCode).toBe(0);
    return status;
  };

  const awaitStatus = async (isWanted: (status: RunStatus) => boolean): Promise<RunStatus> =>
    await awaitCondition('the task has the expected status', async () => {
      const status = await run.query<RunStatus>('status');
      return isWanted(status) ? status : undefined;
    });

  const podsOf = (nodeName: string): readonly string[] =>
    [...fleet.nodeOfPod].filter(([, name]) => name === nodeName).map(([uid]) => uid);

  it('ends with every node accounted for: seven are decommissioned, one is as before', async () => {
    const { status, type, report } = closing;
    expect([status, type]).toEqual(['Failed', 'RolledBack']);
    expect(report.nodes.map(({ nodeName, outcome }) => [nodeName, outcome])).toEqual(
      NODES.map((nodeName) => [nodeName, nodeName === FAILED ? 'RolledBack' : 'Decommissioned']),
    );
    expect(report.message).toContain(`node ${FAILED}: pods on the node need consent that the request does not give`);
    expect(report.message).toContain('7 of 8 nodes were already decommissioned');
    const left = await Promise.all(NODES.map((name) => harness.stack.api.find(`/api/v1/nodes/${name}`)));
    expect(left.filter((each) => each !== undefined).map(({ metadata }) => metadata.name)).toEqual([FAILED]);
    const [failed] = left.filter((each) => each !== undefined);
    expect(failed?.spec?.['unschedulable']).toBeUndefined();
    expect(Object.keys(failed?.metadata.annotations ?? {}).filter((key) => key.includes('decommission'))).toEqual([]);
    expect(await harness.stack.api.list(`/apis/policy/v1/namespaces/${FLEET}/poddisruptionbudgets`)).toEqual([]);
  });

  it('waits while a node is parked, and names it', () => {
    expect(whileParked.parked).toEqual([PARKED]);
    expect(whileParked.waits).toBe(`5 nodes wait: node ${PARKED} needs an operator, and onNodeParked is wait`);
    expect(whileParked.nodes.slice(0, 3).map(({ outcome }) => outcome)).toEqual([
      undefined,
      'Decommissioned',
      'Decommissioned',
    ]);
    expect(closing.report.nodes[0]?.notes.join()).toContain('was parked:');
  });

  it('continues, and undoes, with the old and the new certificate while the CA of the cluster is rotated', () => {
    const events = harness.stack.auditEvents(nextWorkerSince);
    const evicted = toAcceptedEvictions(events).map(({ uid }) => toZone(fleet.nodeOfPod.get(uid) ?? ''));
    expect([...new Set(evicted)]).toEqual(['b', 'c']);
    const uncordoned = closing.report.nodes.flatMap(({ undo }) => undo).find(({ action }) => /^uncordon /.test(action));
    expect(uncordoned).toMatchObject({ action: `uncordon node ${FAILED}`, status: 'Undone' });
  });

  it('follows the budgets of the cluster once for each zone that is drained, not for each node', () => {
    const followed = harness.stack
      .auditEvents()
      .filter(
        ({ verb, stage, objectRef }) =>
          verb === 'watch' && stage === 'ResponseStarted' && objectRef?.resource === 'poddisruptionbudgets',
      )
      .filter(({ user }) => user.username.endsWith(':node-decommission'));
    expect(followed.length).toBeGreaterThan(0);
    expect(followed.length).toBeLessThanOrEqual(4);
  });

  it('never works in two zones at once', () => {
    const zones = readEvictions(harness, FLEET).map(({ uid }) => toZone(fleet.nodeOfPod.get(uid) ?? ''));
    expect(zones.filter((zone, index) => zone !== zones[index - 1])).toEqual(['a', 'b', 'c']);
  });

  it('works on three nodes of a zone at once', () => {
    const [first, ...others] = closing.report.nodes.slice(0, 3);
    const removedAt = timeOf(first, 'deleteNode', 'endedAt');
    expect(others.map((each) => timeOf(each, 'evict', 'startedAt') < removedAt)).toEqual([true, true]);
  });

  it('never violates a budget, as an independent observer sees', () => {
    const lowest = fleet.apps.map((app) => toLowestHealthyCount(watch, app));
    expect(lowest.filter((count) => count < fleet.replicas * 0.75)).toEqual([]);
    expect(Math.min(...lowest)).toBeLessThan(fleet.replicas);
  });

  it('evicts every pod of the decommissioned nodes once, and lists each in the report', async () => {
    const decommissioned = NODES.filter((nodeName) => nodeName !== FAILED);
    expect(toRepeatedUids(readEvictions(harness, FLEET))).toEqual([]);
    const uids = decommissioned.flatMap(podsOf);
    expect(uids).toHaveLength(decommissioned.length * PODS_PER_NODE);
    expect(toUnaccountedPods(harness.stack.auditEvents(), uids)).toEqual([]);
    const { stdout } = await harness.runCli(['report', run.workflowId, '-o', 'json']);
    const { nodes } = JSON.parse(stdout) as DecommissionReport;
    const listed = nodes
      .filter(({ nodeName }) => nodeName !== FAILED)
      .flatMap(({ pods }) => pods.filter(({ outcome }) => outcome === 'Evicted').map(({ uid }) => uid));
    expect(listed).toEqual(expect.arrayContaining([...uids]));
  });
});
