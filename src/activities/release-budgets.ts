import { planBudgetRelease, type BudgetRelease } from '../domain/budget-release.ts';
import { toBudgetName } from '../domain/covering-budgets.ts';
import type { DisruptionBudgetFacts } from '../domain/facts.ts';
import { toTaskAnnotation } from '../domain/names.ts';
import type { UndoReport } from '../domain/report.ts';
import type { TaskContext } from '../domain/task-context.ts';
import type { Cluster } from '../ports/cluster.ts';
import { isClusterFailure } from '../ports/cluster-failure.ts';
import type { ActivityDependencies } from './activity-dependencies.ts';
import { openCluster } from './open-cluster.ts';

/** A budget that this task made, as it was made. */
export interface CreatedBudget {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

const MAX_TRIES = 10;

/**
 * Lets go of every budget that carries this task's annotation, and accounts for every budget in `created`. Finds them in the cluster,
 * so it also covers those made by an attempt whose answer was lost. Deletes only budgets that are ours, unedited and used by no other task.
 */
export const releaseBudgets =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, created: readonly CreatedBudget[]): Promise<readonly UndoReport[]> => {
    const cluster = await openCluster(dependencies, context);
    const budgets = await cluster.readBudgets();
    const annotation = toTaskAnnotation(context.taskId);
    const concerned = budgets.filter(
      (budget) => annotation in budget.annotations || created.some(({ uid }) => uid === budget.uid),
    );
    const reports: UndoReport[] = [];
    let failure: unknown;
    for (const budget of concerned) {
      // One that cannot be let go must not keep the others.
      await releaseBudget(cluster, budget, context.taskId).then(
        (report) => reports.push(report),
        (error: unknown) => (failure ??= error),
      );
    }
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- it is what the call threw
    if (failure !== undefined) throw failure;
    const gone = created.filter(({ uid }) => !concerned.some((budget) => budget.uid === uid));
    return [...reports, ...gone.map((budget) => toGoneReport(budget, budgets))];
  };

const releaseBudget = async (cluster: Cluster, seen: DisruptionBudgetFacts, taskId: string): Promise<UndoReport> => {
  let budget: DisruptionBudgetFacts | undefined = seen;
  for (let attempt = 1; ; attempt += 1) {
    if (budget?.uid !== seen.uid) return toGoneReport(seen, budget ? [budget] : []);
    try {
      return await releaseAsSeen(cluster, budget, taskId);
    } catch (error) {
      const movedOn = isClusterFailure(error, 'Conflict') || isClusterFailure(error, 'NotFound');
      if (!movedOn || attempt >= MAX_TRIES) throw error;
      budget = await cluster.readBudget(seen.namespace, seen.name);
    }
  }
};

/** Throws `Conflict` or `NotFound` when the budget is not as `budget` shows it any more. */
const releaseAsSeen = async (cluster: Cluster, budget: DisruptionBudgetFacts, taskId: string): Promise<UndoReport> => {
  const release = planBudgetRelease(budget, taskId);
  if (release.kind === 'delete') {
    const answer = await cluster.deleteBudget(budget);
    if (answer !== 'accepted') return toGoneReport(budget, answer === 'otherUid' ? [budget] : []);
  }
  if (release.kind === 'removeAnnotation') await cluster.annotateBudget(budget, { [toTaskAnnotation(taskId)]: null });
  return toReport(budget, release);
};

const toReport = (budget: DisruptionBudgetFacts, release: BudgetRelease): UndoReport => {
  const where = toBudgetName(budget);
  const action = release.kind === 'delete' ? `delete budget ${where}` : `remove our annotation from budget ${where}`;
  if (release.kind !== 'delete' && release.kept !== undefined) return { action, status: 'Kept', message: release.kept };
  return { action, status: release.kind === 'nothing' ? 'NothingToDo' : 'Undone', message: 'as it was before' };
};

const toGoneReport = (
  lost: Pick<CreatedBudget, 'namespace' | 'name'>,
  budgets: readonly DisruptionBudgetFacts[],
): UndoReport => {
  const action = `let go of budget ${toBudgetName(lost)}`;
  const hasNamesake = budgets.some(({ namespace, name }) => namespace === lost.namespace && name === lost.name);
  return hasNamesake
    ? { action, status: 'Kept', message: 'somebody made it anew; that one is theirs' }
    : { action, status: 'NothingToDo', message: 'it is gone already' };
};
