import { Context } from '@temporalio/activity';
import { planBudgetRelease, type BudgetRelease } from '../../domain/budgets/release.ts';
import { toBudgetName } from '../../domain/budgets/covering.ts';
import type { DisruptionBudgetFacts } from '../../domain/cluster/facts.ts';
import { toTaskAnnotation } from '../../domain/cluster/annotations.ts';
import type { UndoReport } from '../../domain/run/report.ts';
import type { TaskContext } from '../../domain/run/context.ts';
import type { Cluster } from '../../ports/cluster.ts';
import { isClusterFailure } from '../../ports/cluster-failure.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';
import { openVerifiedCluster } from '../support/open-verified-cluster.ts';

/** A budget that this task made, as it was made. */
export interface CreatedBudget {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** Heartbeat details: what one attempt leaves to the next. */
interface ReleaseProgress {
  /** The budgets that carried our annotation when they were first looked at. */
  readonly seen: readonly CreatedBudget[];
  readonly released: readonly ReleasedBudget[];
}

interface ReleasedBudget {
  readonly uid: string;
  readonly report: UndoReport;
}

const MAX_TRIES = 10;
const HEARTBEAT_MILLISECONDS = 4000;

/**
 * Lets go of every budget that carries this task's annotation, and accounts for every budget in `created`. Finds them in the cluster,
 * so it also covers those made by an attempt whose answer was lost. Deletes only budgets that are ours, unedited and used by no other task.
 * Heartbeats what is done, so that a later attempt reports it as it was done. Throws ClusterFailure, after it has tried every budget.
 */
export const releaseBudgets =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, created: readonly CreatedBudget[]): Promise<readonly UndoReport[]> => {
    const activity = Context.current();
    const isRepeat = activity.info.attempt > 1;
    const earlier = isRepeat ? (activity.info.heartbeatDetails as ReleaseProgress | undefined) : undefined;
    let progress = earlier ?? { seen: [], released: [] };
    const tell = (next: ReleaseProgress): void => {
      progress = next;
      activity.heartbeat(progress);
    };
    const heart = setInterval(() => {
      activity.heartbeat(progress);
    }, HEARTBEAT_MILLISECONDS);
    try {
      const cluster = await openVerifiedCluster(dependencies, context);
      const budgets = await cluster.readBudgets();
      const look = judgeBudgets(budgets, context.taskId, [...created, ...progress.seen], progress.released);
      tell({ seen: look.seen, released: progress.released });
      await releaseAll(cluster, look.present, context.taskId, (done) => {
        tell({ ...progress, released: [...progress.released, done] });
      });
      const gone = look.gone.map((budget) => toGoneReport(budget, budgets, isRepeat));
      return [...progress.released.map(({ report }) => report), ...gone];
    } finally {
      clearInterval(heart);
    }
  };

interface BudgetLook {
  /** All that are to be accounted for, by this attempt or a later one. */
  readonly seen: readonly CreatedBudget[];
  readonly present: readonly DisruptionBudgetFacts[];
  readonly gone: readonly CreatedBudget[];
}

const judgeBudgets = (
  budgets: readonly DisruptionBudgetFacts[],
  taskId: string,
  known: readonly CreatedBudget[],
  released: readonly ReleasedBudget[],
): BudgetLook => {
  const annotation = toTaskAnnotation(taskId);
  const isKnown = ({ uid }: DisruptionBudgetFacts): boolean => known.some((each) => each.uid === uid);
  const isReleased = ({ uid }: CreatedBudget): boolean => released.some((each) => each.uid === uid);
  const concerned = budgets.filter((budget) => annotation in budget.annotations || isKnown(budget));
  const all = [...known, ...concerned].map(({ namespace, name, uid }) => ({ namespace, name, uid }));
  const seen = [...new Map(all.map((budget) => [budget.uid, budget])).values()];
  return {
    seen,
    present: concerned.filter((budget) => !isReleased(budget)),
    gone: seen.filter((budget) => !isReleased(budget) && !concerned.some(({ uid }) => uid === budget.uid)),
  };
};

/** One that cannot be let go must not keep the others; the first failure is thrown after the last. */
const releaseAll = async (
  cluster: Cluster,
  budgets: readonly DisruptionBudgetFacts[],
  taskId: string,
  onDone: (done: ReleasedBudget) => void,
): Promise<void> => {
  let failure: unknown;
  for (const budget of budgets) {
    await releaseBudget(cluster, budget, taskId).then(
      (report) => {
        onDone({ uid: budget.uid, report });
      },
      (error: unknown) => (failure ??= error),
    );
  }
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- it is what the call threw
  if (failure !== undefined) throw failure;
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

/** `mayBeOurs`: an earlier attempt may have deleted it and lost the answer, or its worker. */
const toGoneReport = (
  lost: Pick<CreatedBudget, 'namespace' | 'name'>,
  budgets: readonly DisruptionBudgetFacts[],
  mayBeOurs = false,
): UndoReport => {
  const where = toBudgetName(lost);
  const hasNamesake = budgets.some(({ namespace, name }) => namespace === lost.namespace && name === lost.name);
  if (hasNamesake) {
    return {
      action: `let go of budget ${where}`,
      status: 'Kept',
      message: 'somebody made it anew; that one is theirs',
    };
  }
  return mayBeOurs
    ? {
        action: `delete budget ${where}`,
        status: 'Undone',
        message: 'it is gone: an earlier attempt, whose answer was lost, or somebody else deleted it',
      }
    : { action: `let go of budget ${where}`, status: 'NothingToDo', message: 'it is gone already' };
};
