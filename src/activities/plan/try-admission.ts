import pMap from 'p-map';
import { RIGHTS_TO_TRY_REPLACEMENTS, toRightText } from '../../domain/cluster/rights.ts';
import { assessNodes, findPodsToMove } from '../../domain/preflight/assess-nodes.ts';
import { assess } from '../../domain/preflight/assessment.ts';
import { planReplacements, type BudgetTrial } from '../../domain/preflight/creation-trial.ts';
import type { PreflightFacts } from '../../domain/preflight/facts.ts';
import { toCountText } from '../../domain/text/counts.ts';
import type { Cluster } from '../../ports/cluster.ts';
import { toNewBudget } from '../budgets/to-new-budget.ts';

const MAX_CONCURRENT_TRIALS = 10;
/** Each may call webhooks; the first workloads by name are tried. */
const MAX_REPLACEMENTS = 200;

type Trials = Pick<PreflightFacts, 'replacementTrials' | 'notChecked'>;

/**
 * Tries a replacement of each workload as a dry run, which changes nothing. Without the permission to create pods none is tried, and
 * `notChecked` has one entry more.
 *
 * @throws ClusterFailure: the permission could not be checked.
 */
export const tryReplacements = async (cluster: Cluster, facts: PreflightFacts): Promise<Trials> => {
  const replacements = planReplacements(findPodsToMove(assessNodes(facts)), facts.workloads);
  if (replacements.length === 0) return { replacementTrials: [], notChecked: facts.notChecked };
  const missing = await cluster.readMissingRights(RIGHTS_TO_TRY_REPLACEMENTS);
  if (missing.length > 0) {
    const reason = `${NOT_TRIED} (the permission to ${missing.map(toRightText).join(', ')} is missing)`;
    return { replacementTrials: [], notChecked: [...facts.notChecked, reason] };
  }
  const tried = replacements.slice(0, MAX_REPLACEMENTS);
  const replacementTrials = await pMap(
    tried,
    async (replacement) => ({ ...replacement, answer: await cluster.tryReplacement(replacement) }),
    { concurrency: MAX_CONCURRENT_TRIALS },
  );
  const more = replacements.length - tried.length;
  const left =
    more === 0 ? [] : [`${NOT_TRIED} of ${toCountText(more, 'workload')} beyond the first ${MAX_REPLACEMENTS}`];
  return { replacementTrials, notChecked: [...facts.notChecked, ...left] };
};

const NOT_TRIED = 'whether quotas, policies and admission webhooks would refuse replacements';

/** Tries each budget that the run would create as a dry run, with the worker's own identity. */
export const tryBudgets = async (cluster: Cluster, facts: PreflightFacts): Promise<readonly BudgetTrial[]> => {
  const created = assess(facts).decisions.filter((decision) => decision.action === 'create');
  return await pMap(
    created,
    async (decision) => {
      const { namespace, name } = decision;
      return { namespace, name, answer: await cluster.tryBudget(toNewBudget(decision, facts.request.taskId)) };
    },
    { concurrency: MAX_CONCURRENT_TRIALS },
  );
};
