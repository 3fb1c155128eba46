import { Context } from '@temporalio/activity';
import { planBudgetRelease, type BudgetRelease } from '../../domain/budgets/release.ts';
import { toBudgetName } from '../../domain/budgets/covering.ts';
import type { DisruptionBudgetFacts } from '../../domain/cluster/facts.ts';
import { toTaskAnnotation } from '../../domain/cluster/annotations.ts';
import type { UndoReport } from '../../domain/run/report.ts';
import type { TaskContext } from '../../domain/run/context.ts';
import type { Cluster } from '../../ports/cluster.ts';
import { hasObjectChanged } from '../../ports/cluster-failure.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';
import { attemptEach } from '../support/attempt-each.ts';
import { openVerifiedCluster } from '../support/open-verified-cluster.ts';

/** A budget that this task created, as it was created. */
export interface CreatedBudget {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** Heartbeat details: what one attempt passes to the next. */
interface ReleaseProgress {
  /** The budgets that had this task's annotation when they were first read. */
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
 * Releases every budget that has this task's annotation, and accounts for every budget in `created`. Finds them in the cluster, so it
 * also covers those created by an attempt whose response was lost. Deletes only budgets that the tool created, that are unedited and used
 * by no other task. Heartbeats each result, so that a later attempt reports it unchanged.
 *
 * @throws DecommissionFailure `ClusterMismatch`, retryable: see `openVerifiedCluster`.
 * @throws ClusterFailure the first one, after every budget was tried
 */
export const releaseBudgets =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, created: readonly CreatedBudget[]): Promise<readonly UndoReport[]> => {
    const activity = Context.current();
    const isRepeat = activity.info.attempt > 1;
    const earlier = isRepeat ? (activity.info.heartbeatDetails as ReleaseProgress | undefined) : undefined;
    let progress = earlier ?? { seen: [], released: [] };
    const update = (next: ReleaseProgress): void => {
      progress = next;
      activity.heartbeat(progress);
    };
    const heart = setInterval(() => {
      activity.heartbeat(progress);
    }, HEARTBEAT_MILLISECONDS);
    try {
      const cluster = await openVerifiedCluster(dependencies, context);
      const budgets = await cluster.readBudgets();
      const judged = judgeBudgets(budgets, context.taskId, [...created, ...progress.seen], progress.released);
      update({ seen: judged.seen, released: progress.released });
      await attemptEach(judged.present, async (budget) => {
        const done = { uid: budget.uid, report: await releaseBudget(cluster, budget, context.taskId, budget) };
        update({ ...progress, released: [...progress.released, done] });
      });
      const gone = judged.gone.map((budget) => toGoneReport(budget, budgets, isRepeat));
      return [...progress.released.map(({ report }) => report), ...gone];
    } finally {
      clearInterval(heart);
    }
  };

interface JudgedBudgets {
  /** All budgets to account for, by this attempt or a later one. */
  readonly seen: readonly CreatedBudget[];
  readonly present: readonly DisruptionBudgetFacts[];
  readonly gone: readonly CreatedBudget[];
}

const judgeBudgets = (
  budgets: readonly DisruptionBudgetFacts[],
  taskId: string,
  known: readonly CreatedBudget[],
  released: readonly ReleasedBudget[],
): JudgedBudgets => {
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

/**
 * Releases one budget, as `releaseBudgets` does.
 *
 * @param seen as it was read; absent: it is read first
 * @throws ClusterFailure
 */
export const releaseBudget = async (
  cluster: Cluster,
  target: CreatedBudget,
  taskId: string,
  seen?: DisruptionBudgetFacts,
): Promise<UndoReport> => {
  const { namespace, name, uid } = target;
  let budget = seen ?? (await cluster.readBudget(namespace, name));
  for (let attempt = 1; ; attempt += 1) {
    if (budget?.uid !== uid) return toGoneReport(target, budget ? [budget] : []);
    try {
      return await releaseAsSeen(cluster, budget, taskId);
    } catch (error) {
      if (!hasObjectChanged(error) || attempt >= MAX_TRIES) throw error;
      budget = await cluster.readBudget(namespace, name);
    }
  }
};

/** @throws ClusterFailure `Conflict` or `NotFound`: the budget no longer matches `budget`. */
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
  if (release.kind === 'delete') return { action: `delete budget ${where}`, status: 'Undone', message: '' };
  const action = `remove this task's annotation from budget ${where}`;
  if (release.kept !== undefined) return { action, status: 'Kept', message: release.kept };
  return { action, status: release.kind === 'nothing' ? 'NothingToDo' : 'Undone', message: '' };
};

/** `mayBeOurs`: an earlier attempt may have deleted it and lost the response, or its worker. */
const toGoneReport = (
  lost: Pick<CreatedBudget, 'namespace' | 'name'>,
  budgets: readonly DisruptionBudgetFacts[],
  mayBeOurs = false,
): UndoReport => {
  const where = toBudgetName(lost);
  const isRecreated = budgets.some(({ namespace, name }) => namespace === lost.namespace && name === lost.name);
  if (isRecreated) {
    return {
      action: `release budget ${where}`,
      status: 'Kept',
      message: 'recreated by another client; left alone',
    };
  }
  return mayBeOurs
    ? {
        action: `delete budget ${where}`,
        status: 'Undone',
        message: 'deleted by an earlier attempt whose response was lost, or by another client',
      }
    : { action: `release budget ${where}`, status: 'NothingToDo', message: 'already deleted' };
};
