import { describe, expect, it, jest } from '@jest/globals';
import type { Info } from '@temporalio/activity';
import { releaseBudgets, type CreatedBudget } from '../../../src/activities/budgets/release-budgets.ts';
import { toBudgetSpecHash } from '../../../src/domain/budgets/release.ts';
import type { DisruptionBudgetFacts } from '../../../src/domain/cluster/facts.ts';
import { BUDGET_SPEC_HASH_ANNOTATION, MANAGED_BY_LABEL } from '../../../src/domain/cluster/annotations.ts';
import type { UndoReport } from '../../../src/domain/run/report.ts';
import { ClusterFailure } from '../../../src/ports/cluster-failure.ts';
import { activityDependencies } from '../../builders/activity-dependencies.ts';
import { budget } from '../../builders/budget.ts';
import { activityEnvironment, runIn } from '../../builders/run-activity.ts';
import { taskContext } from '../../builders/task-context.ts';
import { FakeCluster } from '../../fakes/fake-cluster.ts';
import { conflict } from '../../fakes/fake-collection.ts';

const MARK = { NodeDrainTask42: 'processing' };

const ours = (
  changes: Partial<DisruptionBudgetFacts> = {},
  annotations: Record<string, string> = MARK,
): DisruptionBudgetFacts =>
  budget({
    labels: { [MANAGED_BY_LABEL]: 'node-decommission' },
    annotations: { ...annotations, [BUDGET_SPEC_HASH_ANNOTATION]: toBudgetSpecHash(budget()) },
    ...changes,
  });
const asCreated = ({ namespace, name, uid }: DisruptionBudgetFacts): CreatedBudget => ({ namespace, name, uid });

interface Attempt {
  readonly ended: Promise<readonly UndoReport[]>;
  /** Details of the last heartbeat, for the next attempt. */
  readonly details: () => unknown;
}

const attempt = (cluster: FakeCluster, created: readonly CreatedBudget[], info: Partial<Info> = {}): Attempt => {
  const environment = activityEnvironment(info);
  let details: unknown;
  environment.on('heartbeat', (told: unknown) => (details = JSON.parse(JSON.stringify(told)) as unknown));
  const ended = runIn(environment, releaseBudgets(activityDependencies(cluster)), taskContext(), created);
  ended.catch(() => undefined);
  return { ended, details: () => details };
};

const release = (
  cluster: FakeCluster,
  created: readonly CreatedBudget[] = [],
  info: Partial<Info> = {},
): Promise<readonly UndoReport[]> => attempt(cluster, created, info).ended;

describe('releaseBudgets', () => {
  const cases: [
    name: string,
    given: DisruptionBudgetFacts,
    status: string,
    left: Record<string, string> | undefined,
  ][] = [
    ['an own budget is deleted', ours(), 'Undone', undefined],
    [
      'an own budget that another client edited is kept without the annotation',
      ours({ maxUnavailable: 2 }),
      'Kept',
      {},
    ],
    [
      'an own budget that another task uses keeps that task’s annotation',
      ours({}, { ...MARK, NodeDrainTask7: 'processing' }),
      'Kept',
      { NodeDrainTask7: 'processing' },
    ],
    [
      'a user’s budget only loses the annotation',
      budget({ annotations: { ...MARK, theirs: 'yes' } }),
      'Undone',
      { theirs: 'yes' },
    ],
    ['an own budget without the annotation is kept and reported', ours({}, {}), 'Kept', {}],
  ];
  it.each(cases)('%s', async (_name, given, status, left) => {
    const cluster = new FakeCluster({ budgets: [given] });
    const reports = await release(cluster, [asCreated(given)]);
    expect(reports.map((report) => report.status)).toEqual([status]);
    const { [BUDGET_SPEC_HASH_ANNOTATION]: _hash, ...annotations } =
      cluster.budgets.find('web-pdb', 'default')?.annotations ?? {};
    expect(cluster.budgets.find('web-pdb', 'default') && annotations).toEqual(left);
  });

  it('does not write an unrelated budget', async () => {
    const cluster = new FakeCluster({ budgets: [budget(), ours({}, { NodeDrainTask7: 'processing' })] });
    await expect(release(cluster)).resolves.toEqual([]);
    expect(cluster.calls.map(({ call }) => call)).toEqual(['readIdentity', 'readBudgets']);
  });

  it('finds a budget without a creation response by its annotation', async () => {
    const cluster = new FakeCluster({ budgets: [ours()] });
    await expect(release(cluster)).resolves.toMatchObject([
      { status: 'Undone', action: 'delete budget default/web-pdb' },
    ]);
  });

  it('reports a budget that is gone', async () => {
    const reports = await release(new FakeCluster(), [asCreated(ours())]);
    expect(reports).toEqual([
      { action: 'release budget default/web-pdb', status: 'NothingToDo', message: 'already deleted' },
    ]);
  });

  it('leaves a budget that another client recreated under its name', async () => {
    const cluster = new FakeCluster({ budgets: [budget({ uid: 'uid-new' })] });
    await expect(release(cluster, [asCreated(ours())])).resolves.toMatchObject([{ status: 'Kept' }]);
    expect(cluster.budgets.all).toHaveLength(1);
  });

  const meanwhile: [name: string, change: (cluster: FakeCluster) => void, status: string, left: number][] = [
    [
      'its status changed: judged again and deleted',
      ({ budgets }) => budgets.store(ours({ disruptionsAllowed: 0 })),
      'Undone',
      0,
    ],
    ['another client edited it: kept', ({ budgets }) => budgets.store(ours({ maxUnavailable: 2 })), 'Kept', 1],
    [
      'another client deleted it',
      ({ budgets }) => {
        budgets.drop('web-pdb', 'default');
      },
      'NothingToDo',
      0,
    ],
    ['another client recreated it: kept', ({ budgets }) => budgets.store(ours({ uid: 'uid-new' })), 'Kept', 1],
  ];
  it.each(meanwhile)('between read and deletion: %s', async (_name, change, status, left) => {
    const cluster = new FakeCluster({ budgets: [ours()] });
    cluster.before('deleteBudget', () => {
      change(cluster);
    });
    await expect(release(cluster)).resolves.toMatchObject([{ status }]);
    expect(cluster.budgets.all).toHaveLength(left);
  });

  it('releases the others when one cannot be released, and throws its failure', async () => {
    const cluster = new FakeCluster({ budgets: [ours(), ours({ name: 'b', uid: 'uid-b' })] });
    cluster.fail('deleteBudget', new ClusterFailure('Denied', 'a webhook denied it', 403));
    await expect(release(cluster)).rejects.toMatchObject({ reason: 'Denied' });
    expect(cluster.budgets.all.map(({ name }) => name)).toEqual(['web-pdb']);
  });

  describe('in a later attempt', () => {
    const outage = new ClusterFailure('Unreachable', 'no response');
    const deleted = { action: 'delete budget default/a', status: 'Undone', message: '' };

    it('reports the results of the first one unchanged', async () => {
      const [a, b] = [ours({ name: 'a', uid: 'uid-a' }), ours({ name: 'b', uid: 'uid-b' })];
      const theirs = budget({ name: 'theirs', uid: 'uid-theirs', annotations: MARK });
      const cluster = new FakeCluster({ budgets: [a, theirs, b] });
      cluster.before('deleteBudget', () => undefined);
      cluster.fail('deleteBudget', outage);
      const first = attempt(cluster, [asCreated(a), asCreated(b)]);
      await expect(first.ended).rejects.toBe(outage);
      const info = { attempt: 2, heartbeatDetails: first.details() };
      await expect(release(cluster, [asCreated(a), asCreated(b)], info)).resolves.toMatchObject([
        deleted,
        { action: "remove this task's annotation from budget default/theirs", status: 'Undone' },
        { action: 'delete budget default/b', status: 'Undone' },
      ]);
    });

    const lost: [name: string, created: readonly CreatedBudget[]][] = [
      ['the created budgets list it', [asCreated(ours())]],
      ['only the first attempt read it', []],
    ];
    it.each(lost)('counts a deletion whose response was lost as its own when %s', async (_name, created) => {
      const cluster = new FakeCluster({ budgets: [ours()] });
      cluster.loseAnswer('deleteBudget');
      const first = attempt(cluster, created);
      await expect(first.ended).rejects.toMatchObject({ reason: 'Unreachable' });
      const info = { attempt: 2, heartbeatDetails: first.details() };
      await expect(release(cluster, created, info)).resolves.toEqual([
        {
          action: 'delete budget default/web-pdb',
          status: 'Undone',
          message: 'deleted by an earlier attempt whose response was lost, or by another client',
        },
      ]);
    });

    it('counts a missing budget as deleted when the first worker was lost without heartbeat details', async () => {
      await expect(release(new FakeCluster(), [asCreated(ours())], { attempt: 2 })).resolves.toMatchObject([
        { action: 'delete budget default/web-pdb', status: 'Undone' },
      ]);
    });
  });

  it('heartbeats during a long call', async () => {
    jest.useFakeTimers();
    const cluster = new FakeCluster({ budgets: [ours()] });
    const held = cluster.hold('deleteBudget');
    const environment = activityEnvironment();
    let beats = 0;
    environment.on('heartbeat', () => (beats += 1));
    const ended = runIn(environment, releaseBudgets(activityDependencies(cluster)), taskContext(), []);
    await jest.advanceTimersByTimeAsync(20_000);
    expect(beats).toBeGreaterThanOrEqual(5);
    held.release('accepted');
    await ended;
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  it('gives up after 10 conflicts', async () => {
    const cluster = new FakeCluster({ budgets: [ours()] });
    cluster.fail('deleteBudget', conflict('web-pdb'), 20);
    await expect(release(cluster)).rejects.toMatchObject({ reason: 'Conflict' });
    expect(cluster.argsOf('deleteBudget')).toHaveLength(10);
  });
});
