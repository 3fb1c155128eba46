import { disruptionBudget } from '../cluster-fixtures/disruption-budget.ts';
import { pod } from '../cluster-fixtures/pods.ts';
import { FINISHING_CONTAINER, RUNNING_CONTAINER } from '../cluster-fixtures/real-container.ts';
import { daemonSet, deployment, job } from '../cluster-fixtures/workloads.ts';

const namespace = 'default';
const container = RUNNING_CONTAINER;
/** Exits with code 1 on SIGTERM, so its Job starts a new pod. */
const INTERRUPTIBLE_CONTAINER = {
  ...RUNNING_CONTAINER,
  command: ['sh', '-c', 'trap "exit 1" TERM; while :; do sleep 0.2; done'],
};

/** Replicas of `web`. */
export const WEB_COUNT = 4;

/** One of each kind of pod: of a Deployment, of a DaemonSet, of a running Job and of a finished Job. */
export const REAL_WORKLOADS: readonly object[] = [
  deployment({ namespace, name: 'web', replicas: WEB_COUNT, pod: { container } }),
  daemonSet({ namespace, name: 'agent', pod: { container } }),
  job({ namespace, name: 'busy', pod: { container: INTERRUPTIBLE_CONTAINER } }),
  job({ namespace, name: 'done', pod: { container: FINISHING_CONTAINER } }),
];

/** A pod that a kubelet runs from a manifest on its host. */
export const STATIC_POD = pod({ namespace, name: 'static', container });

/** A budget that never allows an eviction. */
export const WEB_NEVER_ALLOWS = disruptionBudget({
  namespace,
  name: 'web-owners-budget',
  matchLabels: { app: 'web' },
  minAvailable: '100%',
});
