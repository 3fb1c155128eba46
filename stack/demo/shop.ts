import { disruptionBudget } from '../cluster-fixtures/disruption-budget.ts';
import { daemonSet, deployment, statefulSet } from '../cluster-fixtures/workloads.ts';

export const SHOP_NAMESPACE = 'shop';
const namespace = SHOP_NAMESPACE;

/** Replicas of each app, on all nodes together. */
export const SHOP_REPLICAS: Readonly<Record<string, number>> = { web: 12, api: 6, database: 3 };

/** A shop: `web` and `database` have no budget, `api` has one of its owner, `log-agent` runs on every node. */
export const SHOP: readonly object[] = [
  deployment({ namespace, name: 'web', replicas: 12 }),
  deployment({ namespace, name: 'api', replicas: 6 }),
  statefulSet({ namespace, name: 'database', replicas: 3 }),
  daemonSet({ namespace, name: 'log-agent' }),
  disruptionBudget({ namespace, name: 'api-owners-budget', matchLabels: { app: 'api' }, maxUnavailable: 1 }),
];

/** A budget that never allows an eviction: it blocks `kubectl drain` forever. */
export const NEVER_ALLOWS = disruptionBudget({
  namespace,
  name: 'web-owners-budget',
  matchLabels: { app: 'web' },
  minAvailable: '100%',
});
