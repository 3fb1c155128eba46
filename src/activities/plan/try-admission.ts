import pMap from 'p-map';
import { RIGHTS_TO_TRY_REPLACEMENTS, toRightText } from '../../domain/cluster/rights.ts';
import { assessNodes, findPodsToMove } from '../../domain/preflight/assess-nodes.ts';
import { decideBudgets } from '../../domain/preflight/assessment.ts';
import { planReplacements, type BudgetTrial, type CreationAnswer } from '../../domain/preflight/creation-trial.ts';
import type { PreflightFacts } from '../../domain/preflight/facts.ts';
import { toCountText } from '../../domain/text/counts.ts';
import type { CreateBudget } from '../../domain/budgets/decision.ts';
import type { Cluster, NewDisruptionBudget } from '../../ports/cluster.ts';
import { toNewBudget } from '../budgets/to-new-budget.ts';
import { runStages } from '../support/run-stages.ts';

const MAX_CONCURRENT_TRIALS = 10;
/** Each may call webhooks; the first workloads by name are tried. */
const MAX_REPLACEMENTS = 200;

/** For all of them together. */
const MAX_SECONDS = 60;

export interface TrialLimits {
  /** Ends the trials; absent: they end by themselves. */
  readonly signal?: AbortSignal;
  /** Default 60. */
  readonly maxSeconds?: number;
}

type Trials = Pick<PreflightFacts, 'replacementTrials' | 'notChecked'>;

/**
 * Tries a replacement of each workload as a dry run, which changes nothing. Without the permission to create pods none is tried, and
 * `notChecked` has one entry more.
 *
 * @throws ClusterFailure: the permission could not be checked.
 * @throws the reason of `signal`
 */
export const tryReplacements = async (
  cluster: Cluster,
  facts: PreflightFacts,
  limits: TrialLimits = {},
): Promise<Trials> => {
  const replacements = planReplacements(findPodsToMove(assessNodes(facts)), facts.workloads);
  if (replacements.length === 0) return { replacementTrials: [], notChecked: facts.notChecked };
  const missing = await cluster.readMissingRights(RIGHTS_TO_TRY_REPLACEMENTS);
  if (missing.length > 0) {
    const reason = `${NOT_TRIED} (the permission to ${missing.map(toRightText).join(', ')} is missing)`;
    return { replacementTrials: [], notChecked: [...facts.notChecked, reason] };
  }
  const tried = replacements.slice(0, MAX_REPLACEMENTS);
  const answers = await tryEach(tried, (replacement) => cluster.tryReplacement(replacement), limits);
  const replacementTrials = answers.map(({ item, answer }) => ({ ...item, answer }));
  const more = replacements.length - tried.length;
  const left =
    more === 0 ? [] : [`${NOT_TRIED} of ${toCountText(more, 'workload')} beyond the first ${MAX_REPLACEMENTS}`];
  return { replacementTrials, notChecked: [...facts.notChecked, ...left] };
};

const NOT_TRIED = 'whether quotas, policies and admission webhooks would refuse replacements';

/** Tries each budget that the run would create as a dry run, with the worker's own identity. */
export const tryBudgets = async (
  cluster: Cluster,
  facts: PreflightFacts,
  limits: TrialLimits = {},
): Promise<readonly BudgetTrial[]> => {
  const created = (await runStages(decideBudgets(facts))).filter((decision) => decision.action === 'create');
  const toBudget = (decision: CreateBudget): NewDisruptionBudget => toNewBudget(decision, facts.request.taskId);
  const answers = await tryEach(created, (decision) => cluster.tryBudget(toBudget(decision)), limits);
  return answers.map(({ item: { namespace, name }, answer }) => ({ namespace, name, answer }));
};

/**
 * Ten at a time. A webhook may take half a minute for each: those that are not begun in time are unknown.
 *
 * @throws the reason of `signal`
 */
const tryEach = async <Item>(
  items: readonly Item[],
  ask: (item: Item) => Promise<CreationAnswer>,
  { signal, maxSeconds = MAX_SECONDS }: TrialLimits,
): Promise<readonly { readonly item: Item; readonly answer: CreationAnswer }[]> => {
  const deadlineAt = performance.now() + maxSeconds * 1000;
  const late = { kind: 'unknown', message: `not tried within ${maxSeconds} seconds` } as const;
  const answerOf = async (item: Item): Promise<CreationAnswer> => {
    signal?.throwIfAborted();
    return performance.now() >= deadlineAt ? late : await ask(item);
  };
  return await pMap(items, async (item) => ({ item, answer: await answerOf(item) }), {
    concurrency: MAX_CONCURRENT_TRIALS,
  });
};
