import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AuditEvent } from '../../stack/control-plane/audit-log.ts';
import { awaitCondition } from '../../stack/processes/await-condition.ts';
import type { KubernetesObject } from '../../stack/cluster-fixtures/kubernetes-object.ts';
import { pod } from '../../stack/cluster-fixtures/pods.ts';
import { DRAIN_ROWS, slowReplicaSetAt, type DrainRow } from './conformance/drain-rows.ts';
import {
  awaitPlaced,
  compareDrains,
  createFinishedDaemonSetPod,
  createReservedNodes,
  toOwnSpec,
  toPlaces,
  toPodRemovals,
  toRequest,
  toSiblings,
  type DrainComparison,
} from './conformance/compare-drains.ts';
import { DRAINED_ANNOTATION } from '../../src/domain/cluster/annotations.ts';
import { awaitClosing } from './harness/closing.ts';
import { toAcceptedEvictions, toRepeatedUids } from './harness/evictions.ts';
import { startHarness, type Harness } from './harness/harness.ts';

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness({ own: true });
  await harness.startWorker();
});

afterAll(async () => {
  await harness.stop();
});

/** All but the record that makes a drained node's cordon ours, which `uncordon` removes. */
const toOtherAnnotations = ({ metadata }: KubernetesObject): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(metadata.annotations ?? {}).filter(([key]) => key !== DRAINED_ANNOTATION));

/** The rows of kubectl's own tests of `drain`, with both tools on sibling nodes with the same pods. */
describe('compared with kubectl drain', () => {
  const comparisons = new Map<string, DrainComparison | Error>();

  beforeAll(async () => {
    const { stack } = harness;
    const places = [...DRAIN_ROWS.map(({ id }) => id), 'D17'].flatMap(toPlaces);
    await Promise.all([
      createReservedNodes(
        stack,
        places.map(({ nodeName }) => nodeName),
      ),
      ...places.map(({ namespace }) => stack.createNamespace(namespace)),
    ]);
    await prepareFixtures();
    // Created last: until here each pod can only be scheduled to the node of its row.
    await stack.createNodes([{ name: 'spare', capacity: { pods: '500' } }]);
    await Promise.all(DRAIN_ROWS.map(compare));
  });

  const prepareFixtures = async (): Promise<void> => {
    const { stack } = harness;
    const fixtures = DRAIN_ROWS.flatMap((row) => toPlaces(row.id).map((place) => ({ row, place })));
    const slow = toPlaces('D17');
    await stack.apply([...fixtures.flatMap(({ row, place }) => row.toObjects(place)), ...slow.map(slowReplicaSetAt)]);
    for (const place of toPlaces('D3')) await createFinishedDaemonSetPod(stack, place);
    await Promise.all([
      ...fixtures.map(({ row, place }) => awaitPlaced(stack, place, row.podCount, row.podPhase)),
      ...slow.map((place) => awaitPlaced(stack, place, 2)),
    ]);
  };

  /** A row that fails must not affect the others: its error is stored for its own test. */
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

  const rows = DRAIN_ROWS.map((row) => [`${row.id}: ${row.title}`, row] as const);

  it.each(rows)('%s: the same pods are removed', (_name, { id, refusal, removesPods, podCount }) => {
    const { closing, kubectl, removed } = comparisonOf(id);

    expect(closing.report.outcome).toBe(refusal === undefined ? 'Decommissioned' : 'Refused');
    expect(kubectl.exitCode).toBe(refusal === undefined ? 0 : 1);
    expect(removed.ours).toEqual(removed.theirs);
    expect(removed.ours).toHaveLength(removesPods ? podCount : 0);
  });

  it.each(rows)('%s: the user is informed', (_name, { id, refusal, finding, kubectlPrints }) => {
    const { closing, plan, kubectl } = comparisonOf(id);

    expect(kubectl.stderr).toContain(kubectlPrints ?? '');
    expect(closing.message ?? '').toContain(refusal ?? '');
    if (finding !== undefined) expect(plan?.findings).toContainEqual(expect.objectContaining(finding));
  });

  it.each(rows)('%s: the node is cordoned, unless we refuse', (_name, { id, refusal }) => {
    const { nodes } = comparisonOf(id);
    // kubectl cordons first and leaves the node cordoned; we refuse before any change.
    const change = refusal === undefined ? { unschedulable: true } : {};

    expect(nodes.theirs.spec?.['unschedulable']).toBe(true);
    expect(toOwnSpec(nodes.ours)).toEqual({ ...toOwnSpec(nodes.before), ...change });
    expect(toOtherAnnotations(nodes.ours)).toEqual(nodes.before.metadata.annotations);
    expect(DRAINED_ANNOTATION in (nodes.ours.metadata.annotations ?? {})).toBe(refusal === undefined);
  });

  it.each(rows)('%s: each pod is evicted once, and none is deleted', (_name, { id }) => {
    const removals = toPodRemovals(harness.stack.auditEvents(), toSiblings(id).ours);
    const evictions = toAcceptedEvictions(removals);

    expect(removals.filter(({ objectRef }) => objectRef?.subresource !== 'eviction')).toEqual([]);
    expect(evictions).toHaveLength(comparisonOf(id).removed.ours.length);
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
    const awaitEviction = (place: typeof ours): Promise<unknown> =>
      awaitCondition(
        `a pod on ${place.nodeName} is evicted`,
        () => toAcceptedEvictions(toPodRemovals(stack.auditEvents(mark), place)).length > 0,
      );
    // kubectl starts only now: it needs no preflight, and could be done before our first eviction.
    await awaitEviction(ours);
    const theirDrain = stack.kubectl(['drain', theirs.nodeName]);
    await awaitEviction(theirs);
    await stack.stopApiServer('SIGKILL');
    const kubectl = await theirDrain;
    await stack.startApiServer();
    const closing = await awaitClosing(run);

    // kubectl fails with the first request that gets no response; we wait for the API server and continue.
    expect(kubectl.exitCode).toBe(1);
    expect(closing.report.outcome).toBe('Decommissioned');
    const evictions = toAcceptedEvictions(toPodRemovals(stack.auditEvents(mark), ours));
    expect(evictions).toHaveLength(2);
    expect(toRepeatedUids(evictions)).toEqual([]);
  });
});

/** The rows of kubectl's tests of `cordon` and `uncordon`. We have no such verbs: a run cordons, and its undo uncordons. */
describe('compared with kubectl cordon', () => {
  const readNodes = async (...names: readonly string[]): Promise<readonly KubernetesObject[]> =>
    await Promise.all(names.map((name) => harness.stack.api.read(`/api/v1/nodes/${name}`)));

  const toWritesBy = (tool: RegExp, nodeName: string): readonly AuditEvent[] =>
    harness.stack
      .auditEvents()
      .filter(({ objectRef, userAgent = '' }) => tool.test(userAgent) && objectRef?.name === nodeName)
      .filter(({ objectRef, verb }) => objectRef?.resource === 'nodes' && ['patch', 'update', 'delete'].includes(verb));

  it('C1: cordons three nodes, and only `unschedulable` differs', async () => {
    const [ours, theirs] = [
      ['c1-a', 'c1-b', 'c1-c'],
      ['c1-x', 'c1-y', 'c1-z'],
    ];
    await createReservedNodes(harness.stack, [...ours, ...theirs]);
    const before = await readNodes(...ours, ...theirs);
    const [closing, kubectl] = await Promise.all([
      awaitClosing(await harness.start({ ...toRequest({ nodeName: '' }, {}), nodeNames: ours })),
      harness.stack.kubectl(['cordon', ...theirs]),
    ]);

    expect(closing.report.outcome).toBe('Decommissioned');
    expect(kubectl.exitCode).toBe(0);
    const after = await readNodes(...ours, ...theirs);
    expect(after.map(toOwnSpec)).toEqual(before.map((node) => ({ ...toOwnSpec(node), unschedulable: true })));
    expect(after.map(toOtherAnnotations)).toEqual(before.map(({ metadata }) => metadata.annotations));
  });

  it('C1: uncordons what it cordoned when the drain cannot finish', async () => {
    const place = { namespace: 'c1-undo', nodeName: 'c1-undo' };
    await createReservedNodes(harness.stack, [place.nodeName, 'c1-twin']);
    await harness.stack.createNamespace(place.namespace);
    await harness.stack.apply([pod({ ...place, name: 'stuck', behavior: { termination: 'never' } })]);
    await awaitPlaced(harness.stack, place, 1);
    const before = await readNodes(place.nodeName, 'c1-twin');
    const request = { ...toRequest(place, { force: true }), timeoutSeconds: 1 };
    const closing = await awaitClosing(await harness.start(request));
    await harness.stack.kubectl(['cordon', 'c1-twin']);
    await harness.stack.kubectl(['uncordon', 'c1-twin']);

    expect(closing.report.outcome).toBe('RolledBack');
    const after = await readNodes(place.nodeName, 'c1-twin');
    expect(after.map(toOwnSpec)).toEqual(before.map(toOwnSpec));
    expect(after.map(({ metadata }) => metadata.annotations)).toEqual(
      before.map(({ metadata }) => metadata.annotations),
    );
  });

  it('C2: accepts a node that is already cordoned, and never writes `unschedulable`', async () => {
    await harness.stack.createNodes([
      { name: 'c2-ours', unschedulable: true },
      { name: 'c2-theirs', unschedulable: true },
    ]);
    const [before] = await readNodes('c2-ours');
    const [closing, kubectl] = await Promise.all([
      awaitClosing(await harness.start(toRequest({ nodeName: 'c2-ours' }, {}))),
      harness.stack.kubectl(['cordon', 'c2-theirs']),
    ]);

    expect(closing.report.outcome).toBe('Decommissioned');
    expect(kubectl.stdout).toContain('already cordoned');
    expect(toWritesBy(/^kubectl/, 'c2-theirs')).toEqual([]);
    const [after] = await readNodes('c2-ours');
    // Lock and annotations are written anyway, and removed at the end: the spec never changes.
    expect(toOwnSpec(after!)).toEqual(toOwnSpec(before!));
    expect(toOtherAnnotations(after!)).toEqual(before!.metadata.annotations);
  });

  it('C3: refuses a node that does not exist, without a write', async () => {
    const closing = await awaitClosing(await harness.start(toRequest({ nodeName: 'c3-missing' }, {})));
    const kubectl = await harness.stack.kubectl(['cordon', 'c3-missing']);

    expect(closing).toMatchObject({
      type: 'Refused',
      message: expect.stringContaining('node c3-missing does not exist'),
    });
    expect(kubectl.exitCode).toBe(1);
    expect(toWritesBy(/^(node-decommission|kubectl)/, 'c3-missing')).toEqual([]);
  });

  it('C4: evicts nothing from a node whose cordon is denied, although kubectl drain continues', async () => {
    const { ours, theirs } = toSiblings('C4');
    const { stack } = harness;
    await stack.apply(denyCordonOf('c4-'));
    await createReservedNodes(stack, [ours.nodeName, theirs.nodeName]);
    await Promise.all([ours, theirs].map(({ namespace }) => stack.createNamespace(namespace)));
    await stack.apply([ours, theirs].map((place) => pod({ ...place, name: 'bare' })));
    await Promise.all([ours, theirs].map((place) => awaitPlaced(stack, place, 1)));
    await awaitCondition('the policy is in force', async () => {
      const { status } = await stack.api.request(
        ...(['PATCH', `/api/v1/nodes/${ours.nodeName}?dryRun=All`, { spec: { unschedulable: true } }] as const),
        'application/merge-patch+json',
      );
      return status === 422;
    });
    const comparison = await compareDrains(harness, { ours, theirs }, { force: true });

    expect(comparison.closing).toMatchObject({
      type: 'RolledBack',
      message: expect.stringContaining('stays in service'),
    });
    expect(comparison.kubectl.stderr).toContain('unable to cordon node');
    expect(comparison.removed).toEqual({ ours: [], theirs: ['bare'] });
    expect(comparison.nodes.ours.spec).toEqual(comparison.nodes.before.spec);
    expect(comparison.nodes.ours.metadata.annotations).toEqual(comparison.nodes.before.metadata.annotations);
    expect(toPodRemovals(stack.auditEvents(), ours)).toEqual([]);
  });

  it('C5: refuses a name that is not a node', async () => {
    const closing = await awaitClosing(await harness.start(toRequest({ nodeName: 'pod/web' }, {})));
    const kubectl = await harness.stack.kubectl(['cordon', 'pod/web']);

    expect(closing).toMatchObject({ type: 'InvalidInput', message: expect.stringContaining('"pod/web"') });
    expect(kubectl.exitCode).toBe(1);
  });
});

/** A policy that denies making nodes with that prefix unschedulable. */
const denyCordonOf = (prefix: string): readonly object[] => [
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'keep-in-service' },
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: {
        resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['nodes'] }],
      },
      validations: [
        {
          expression: `!(object.metadata.name.startsWith('${prefix}') && has(object.spec.unschedulable) && object.spec.unschedulable)`,
          message: 'this node stays in service',
        },
      ],
    },
  },
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: 'keep-in-service' },
    spec: { policyName: 'keep-in-service', validationActions: ['Deny'] },
  },
];
