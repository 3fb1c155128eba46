import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { RunStatus } from '../../src/domain/run/status.ts';
import type { DecommissionReport } from '../../src/domain/run/report.ts';
import { disruptionBudget } from '../../stack/cluster-fixtures/disruption-budget.ts';
import { node } from '../../stack/cluster-fixtures/node.ts';
import { pod } from '../../stack/cluster-fixtures/pods.ts';
import { awaitCondition } from '../../stack/processes/await-condition.ts';
import type { ManagedProcess } from '../../stack/processes/managed-process.ts';
import { awaitClosing, type Closing } from '../e2e/harness/closing.ts';
import { toRepeatedUids, toUnaccountedPods } from '../e2e/harness/evictions.ts';
import { createFleet, FLEET, type Fleet } from '../e2e/harness/fleet-pool.ts';
import { startHarness, type Harness, type Run } from '../e2e/harness/harness.ts';
import { readPodsOnNode } from '../e2e/harness/pods-on-node.ts';
import { readEvictions } from '../e2e/harness/progress.ts';
import { describeEvictions, measureEvictions } from './fleet/measure-evictions.ts';
import { describeRunSizes, toRunSizes } from './fleet/measure-histories.ts';
import { observeCluster, type ClusterObserver, type Observations } from './fleet/observe-cluster.ts';
import { readHistories } from './fleet/read-histories.ts';

jest.setTimeout(2 * 3_600_000);

/** Ends only what hangs. */
const PATIENTLY = { timeoutMilliseconds: 3_600_000, intervalMilliseconds: 500 };
const PODS_PER_NODE = 30;
const REPLICAS = 30;
/** Of every second Deployment; the others get the budgets of the task. */
const OWN_BUDGET = { maxUnavailable: 3 };
const MAX_CONCURRENT_NODES = 10;
/** Visibility answers also while all workers are busy. */
const NEEDS_OPERATOR = "WorkflowType = 'decommissionNodes' AND DecommissionPhase = 'NeedsOperator'";

const toNames = (zone: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${FLEET}-${zone}${index + 1}`);

const NODES = [...toNames('a', 14), ...toNames('b', 13), ...toNames('c', 13)];
const PARKED = `${FLEET}-a1`;
/** One of the last: it must not be done when the parked node is resumed. */
const FAILED = `${FLEET}-c9`;

/** Of a pod that a killed worker evicted, the report cannot know who removed it, and states that. */
const toOutcome = (outcome: string, message = ''): string =>
  outcome === 'Gone' && message.includes('the worker was lost') ? 'Evicted' : outcome;

/** Forty nodes with 1,200 pods: one is parked and resumed, one fails, and the worker is killed twice while it evicts. */
describe.each([true, false])('a fleet of forty nodes in three zones, one zone at a time: %s', (oneZoneAtATime) => {
  let harness: Harness;
  let worker: ManagedProcess;
  let fleet: Fleet;
  let observer: ClusterObserver;
  let seen: Observations;
  let run: Run;
  let whileParked: RunStatus;
  let closing: Closing;

  beforeAll(async () => {
    harness = await startHarness({ waits: { settleSeconds: 0.5, emptyTwiceSeconds: 0.5, staysGoneSeconds: 10 } });
    const { stack } = harness;
    fleet = await createFleet(stack, NODES, { podsPerNode: PODS_PER_NODE, replicas: REPLICAS, sparesPerZone: 4 });
    const protectedApps = fleet.apps.filter((_, index) => index % 2 === 0);
    await stack.apply(protectedApps.map((name) => disruptionBudget({ namespace: FLEET, name, ...OWN_BUDGET })));
    observer = await observeCluster(stack, { namespace: FLEET, nodeNames: NODES, replicas: REPLICAS });
    worker = await harness.startWorker();
    const startedAt = Date.now();
    run = await harness.start({
      taskId: FLEET,
      nodeNames: NODES,
      hostCleanup: 'skip',
      maxConcurrentNodes: MAX_CONCURRENT_NODES,
      oneZoneAtATime,
      stopAfterFailures: 2,
    });
    await awaitEvicted([...fleet.nodeOfPod.keys()], 20);
    await replaceWorker();
    whileParked = await parkOnce(PARKED);
    await failLater(FAILED);
    await replaceWorker();
    closing = await awaitClosing(run);
    seen = observer.read();
    await printFigures((Date.now() - startedAt) / 1000);
  });

  afterAll(async () => {
    await observer.stop();
    await harness.stop();
  });

  const replaceWorker = async (): Promise<void> => {
    await worker.stop('SIGKILL');
    worker = await harness.startWorker();
  };

  const printFigures = async (seconds: number): Promise<void> => {
    process.stderr.write(
      `${NODES.length} nodes × ${PODS_PER_NODE} pods, one zone at a time: ${oneZoneAtATime}: ${seconds.toFixed(0)} s\n` +
        `${describeEvictions(measureEvictions(harness.stack.auditEvents()))}\n` +
        `${describeRunSizes(toRunSizes(await readHistories(harness)))}\n`,
    );
  };

  /** Waits until so many of the pods with these UIDs are evicted: terminating or gone. */
  const awaitEvicted = async (uids: readonly string[], count: number): Promise<void> => {
    await awaitCondition(
      `${count} of ${uids.length} pods are evicted`,
      async () => {
        const pods = await harness.stack.api.list(`/api/v1/namespaces/${FLEET}/pods`);
        const running = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
        const left = new Set(running.map(({ metadata }) => metadata.uid ?? ''));
        return uids.filter((uid) => !left.has(uid)).length >= count;
      },
      PATIENTLY,
    );
  };

  /** A pod without an owner arrives during the drain: the request does not allow its eviction. */
  const failLater = async (nodeName: string): Promise<void> => {
    await awaitEvicted(podsOf(nodeName), 1);
    await harness.stack.api.create(
      `/api/v1/namespaces/${FLEET}/pods`,
      pod({ namespace: FLEET, name: 'bare', nodeName, tolerations: [{ operator: 'Exists' }] }),
    );
  };

  /** Its Node registers again, and is deleted again before the resume. */
  const parkOnce = async (nodeName: string): Promise<RunStatus> => {
    const { api } = harness.stack;
    const path = `/api/v1/nodes/${nodeName}`;
    await awaitCondition(`node ${nodeName} is gone`, async () => (await api.find(path)) === undefined, PATIENTLY);
    await api.create('/api/v1/nodes', node({ name: nodeName }));
    await awaitCondition(
      'the task needs an operator',
      async () => (await harness.client.workflow.count(NEEDS_OPERATOR)).count > 0,
      PATIENTLY,
    );
    const status = await run.query<RunStatus>('status');
    await api.delete(path);
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

  const readReport = async (): Promise<DecommissionReport> => {
    const { stdout } = await harness.runCli(['report', run.workflowId, '-o', 'json']);
    return JSON.parse(stdout) as DecommissionReport;
  };

  const podsOf = (nodeName: string): readonly string[] =>
    [...fleet.nodeOfPod].filter(([, name]) => name === nodeName).map(([uid]) => uid);

  it('ends with 39 nodes decommissioned, and one as before', async () => {
    const { status, type, report } = closing;
    expect([status, type]).toEqual(['Failed', 'RolledBack']);
    expect(report.nodes.map(({ nodeName, outcome }) => [nodeName, outcome])).toEqual(
      NODES.map((nodeName) => [nodeName, nodeName === FAILED ? 'RolledBack' : 'Decommissioned']),
    );
    expect(report.message).toContain(`node ${FAILED}: pods on the node need consent that the request does not give`);
    expect(report.message).toContain('39 of 40 nodes were already decommissioned');
    const { api } = harness.stack;
    const left = (await api.list('/api/v1/nodes')).filter(({ metadata }) => NODES.includes(metadata.name));
    expect(left.map(({ metadata }) => metadata.name)).toEqual([FAILED]);
    expect(left[0]?.spec?.['unschedulable']).toBeUndefined();
    expect(Object.keys(left[0]?.metadata.annotations ?? {}).filter((key) => key.includes('decommission'))).toEqual([]);
  });

  it('leaves the budgets of others and none of the task', async () => {
    const left = await harness.stack.api.list(`/apis/policy/v1/namespaces/${FLEET}/poddisruptionbudgets`);
    expect(left.map(({ metadata, spec }) => [metadata.name, spec?.['maxUnavailable']])).toEqual(
      fleet.apps
        .filter((_, index) => index % 2 === 0)
        .sort()
        .map((name) => [name, OWN_BUDGET.maxUnavailable]),
    );
  });

  it('waits while a node is parked, and names it', () => {
    expect(whileParked.parked).toEqual([PARKED]);
    expect(whileParked.waits).toContain(`nodes wait: node ${PARKED} needs an operator, and onNodeParked is wait`);
    expect(closing.report.nodes[0]?.notes.join()).toContain('was parked:');
  });

  it('never violates a budget, as an independent observer sees', () => {
    expect(seen.budgetNames).toHaveLength(fleet.apps.length);
    expect(seen.violatedBudgets).toEqual([]);
    expect(seen.lowestCount).toBeLessThan(REPLICAS);
  });

  it('works on many nodes at once and never on more than ten, as an independent observer sees', () => {
    expect(seen.nodesAtOnce).toBeLessThanOrEqual(MAX_CONCURRENT_NODES);
    // A node counts from its first eviction on: the first node may be gone before the first eviction of the tenth.
    expect(seen.nodesAtOnce).toBeGreaterThanOrEqual(MAX_CONCURRENT_NODES - 2);
  });

  it(
    oneZoneAtATime ? 'never works in two zones at once, as an independent observer sees' : 'works in two zones at once',
    () => {
      const zones = seen.zonesAtOnce;
      if (oneZoneAtATime) expect(zones).toEqual(['a', 'b', 'c']);
      else expect(zones.some((each) => each.includes('+'))).toBe(true);
    },
  );

  it('evicts every pod of the decommissioned nodes once', () => {
    expect(toRepeatedUids(readEvictions(harness, FLEET))).toEqual([]);
    const uids = NODES.filter((nodeName) => nodeName !== FAILED).flatMap(podsOf);
    expect(uids).toHaveLength((NODES.length - 1) * PODS_PER_NODE);
    expect(toUnaccountedPods(harness.stack.auditEvents(), uids)).toEqual([]);
  });

  it('has every pod in the report, unless it stayed on the node that failed', async () => {
    const { nodes } = await readReport();
    const outcomes = new Map(
      nodes.flatMap(({ pods }) => pods.map(({ uid, outcome, message }) => [uid, toOutcome(outcome, message)] as const)),
    );
    const left = await readPodsOnNode(harness.stack, FAILED);
    const stayed = new Set(left.map(({ metadata }) => metadata.uid));
    const others = [...fleet.nodeOfPod.keys()].filter((uid) => outcomes.get(uid) !== 'Evicted');
    expect(others.filter((uid) => fleet.nodeOfPod.get(uid) !== FAILED)).toEqual([]);
    // The drain of this node ended while pods whose eviction had been accepted were terminating.
    expect(others.filter((uid) => !stayed.has(uid) && outcomes.get(uid) !== 'Terminating')).toEqual([]);
  });
});
