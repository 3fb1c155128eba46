import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { awaitCondition } from '../../stack/await-condition.ts';
import { DRAIN_ROWS, slowReplicaSetAt, type DrainRow } from './conformance/drain-rows.ts';
import {
  awaitPlaced,
  compareDrains,
  createFinishedDaemonSetPod,
  createReservedNodes,
  toOwnSpec,
  toPodRemovals,
  toRequest,
  toSiblings,
  type DrainComparison,
} from './conformance/drain-stand.ts';
import { awaitClosing } from './harness/closing.ts';
import { toAcceptedEvictions, toRepeatedUids } from './harness/evictions.ts';
import { startHarness, type Harness } from './harness/harness.ts';

/** The rows of kubectl's own tests of `drain` and `cordon`, by both tools on sibling nodes with the same pods. */
describe('beside kubectl drain', () => {
  let harness: Harness;
  const comparisons = new Map<string, DrainComparison | Error>();

  beforeAll(async () => {
    harness = await startHarness();
    const { stack } = harness;
    const siblings = [...DRAIN_ROWS.map(({ id }) => id), 'D17'].map(toSiblings);
    const places = siblings.flatMap(({ ours, theirs }) => [ours, theirs]);
    await Promise.all([
      harness.startWorker(),
      createReservedNodes(
        stack,
        places.map(({ nodeName }) => nodeName),
      ),
      ...places.map(({ namespace }) => stack.createNamespace(namespace)),
    ]);
    await prepareFixtures();
    // Only now is there another place: until here each pod could only go to the node of its row.
    await stack.createNodes([{ name: 'spare', capacity: { pods: '500' } }]);
    await Promise.all(DRAIN_ROWS.map(compare));
  }, 180_000);

  afterAll(async () => {
    await harness.stop();
  }, 60_000);

  const prepareFixtures = async (): Promise<void> => {
    const { stack } = harness;
    const rows = DRAIN_ROWS.flatMap((row) => Object.values(toSiblings(row.id)).map((place) => ({ row, place })));
    const slow = Object.values(toSiblings('D17'));
    await stack.apply([...rows.flatMap(({ row, place }) => row.toObjects(place)), ...slow.map(slowReplicaSetAt)]);
    for (const place of Object.values(toSiblings('D3'))) await createFinishedDaemonSetPod(stack, place);
    await Promise.all([
      ...rows.map(({ row, place }) => awaitPlaced(stack, place, row.podCount, row.podPhase)),
      ...slow.map((place) => awaitPlaced(stack, place, 2)),
    ]);
  };

  /** One row that breaks must not take the others with it: its error is kept for its own test. */
  const compare = async ({ id, options }: DrainRow): Promise<void> => {
    try {
      comparisons.set(id, await compareDrains(harness, toSiblings(id), options));
    } catch (error) {
      comparisons.set(id, error as Error);
    }
  };

  const comparisonOf = (id: string): DrainComparison => {
    const comparison = comparisons.get(id);
    if (comparison === undefined || !('closing' in comparison)) throw comparison ?? new Error(`${id} was not run`);
    return comparison;
  };

  it.each(DRAIN_ROWS.map((row) => [`${row.id}: ${row.title}`, row] as const))('%s', (_name, row) => {
    const { closing, plan, kubectl, removed, nodes } = comparisonOf(row.id);
    const { ours } = toSiblings(row.id);
    const expectation = row.refusal === undefined ? 'Decommissioned' : 'Refused';

    expect(closing.report.outcome).toBe(expectation);
    expect(closing.message ?? '').toContain(row.refusal ?? '');
    expect(kubectl.exitCode).toBe(row.refusal === undefined ? 0 : 1);
    expect(kubectl.stderr).toContain(row.kubectlSays ?? '');
    expect(removed.ours).toEqual(removed.theirs);
    expect(removed.ours).toHaveLength(row.removesPods ? row.podCount : 0);
    if (row.finding !== undefined) expect(plan?.findings).toContainEqual(expect.objectContaining(row.finding));

    // kubectl cordons first and leaves that behind; we refuse before any change.
    const isCordoned = row.refusal === undefined;
    expect(nodes.theirs.spec?.['unschedulable']).toBe(true);
    expect(nodes.ours.spec?.['unschedulable'] ?? false).toBe(isCordoned);
    expect(toOwnSpec(nodes.ours)).toEqual({ ...toOwnSpec(nodes.before), ...(isCordoned ? { unschedulable: true } : {}) });
    expect(nodes.ours.metadata.annotations).toEqual(nodes.before.metadata.annotations);

    const removals = toPodRemovals(harness.stack.auditEvents(), ours);
    expect(removals.filter(({ objectRef }) => objectRef?.subresource !== 'eviction')).toEqual([]);
    const evictions = toAcceptedEvictions(removals);
    expect(evictions).toHaveLength(removed.ours.length);
    expect(toRepeatedUids(evictions)).toEqual([]);
  });

  it('sends the grace period of the caller with every eviction, as kubectl does', () => {
    const { ours, theirs } = toSiblings('grace');
    const toGracePeriods = (place: typeof ours): readonly unknown[] =>
      toPodRemovals(harness.stack.auditEvents(), place)
        .filter(({ responseStatus }) => responseStatus?.code === 201)
        .map(({ requestObject }) => requestObject?.deleteOptions?.gracePeriodSeconds);

    expect(toGracePeriods(ours)).toEqual([3, 3]);
    expect(toGracePeriods(theirs)).toEqual([3, 3]);
  });

  it('D17: pods of a ReplicaSet, and the API server fails in mid-eviction', async () => {
    const { stack } = harness;
    const { ours, theirs } = toSiblings('D17');
    const mark = stack.markAudit();
    const run = await harness.start(toRequest(ours, {}));
    const theirDrain = stack.kubectl(['drain', theirs.nodeName]);
    await awaitCondition('both tools have evicted a pod', () =>
      [ours, theirs].every(
        (place) => toAcceptedEvictions(toPodRemovals(stack.auditEvents(mark), place)).length > 0,
      ),
    );
    await stack.stopApiServer('SIGKILL');
    const kubectl = await theirDrain;
    await stack.startApiServer();
    const closing = await awaitClosing(run);

    // kubectl gives up at the first answer that fails to come; we wait for the API server and go on.
    expect(kubectl.exitCode).toBe(1);
    expect(closing.report.outcome).toBe('Decommissioned');
    const evictions = toAcceptedEvictions(toPodRemovals(stack.auditEvents(mark), ours));
    expect(evictions).toHaveLength(2);
    expect(toRepeatedUids(evictions)).toEqual([]);
  }, 120_000);
});
