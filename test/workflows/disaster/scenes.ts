import type { ActivityDependencies } from '../../../src/activities/support/activity-dependencies.ts';
import type { NodeFacts } from '../../../src/domain/cluster/facts.ts';
import { countlessWorkload, replicaSet, selector, workload } from '../../builders/workload.ts';
import { hostTarget } from '../../builders/host-target.ts';
import { deployment } from '../../builders/deployment.ts';
import { node } from '../../builders/node.ts';
import { owner, pod } from '../../builders/pod.ts';
import type { FakeClusterFacts } from '../../fakes/fake-cluster-facts.ts';

export const NODE = 'node-1';
export const SPARE = 'node-2';

/** What is in a cluster, what its worker has, and what a task requests there. */
export interface Scene {
  /** In names of tests, e.g. `with its host`. */
  readonly name: string;
  readonly facts: Partial<FakeClusterFacts>;
  readonly request: Readonly<Record<string, unknown>>;
  readonly toDependencies: (cluster: string) => Partial<ActivityDependencies>;
}

/** Two pods of one Deployment, which get a budget. */
export const PLAIN: Scene = {
  name: 'plain',
  facts: {
    nodes: [node({ name: NODE }), node({ name: SPARE })],
    pods: ['web-a', 'web-b'].map((name) => pod({ name })),
    workloads: [workload({ replicas: 2 }), replicaSet({ replicas: 2 })],
  },
  request: { hostCleanup: 'skip', waitForReplacements: false },
  toDependencies: () => ({}),
};

/** Of the host that `LivingHosts` has. */
const hostNode = (): NodeFacts => {
  const { target, systemUUID, bootID, addresses } = hostTarget();
  return node({ name: NODE, machineID: target.machineID, systemUUID, bootID, addresses });
};

export const WITH_HOST: Scene = {
  ...PLAIN,
  name: 'with its host',
  facts: { ...PLAIN.facts, nodes: [hostNode(), node({ name: SPARE })] },
  request: { ...PLAIN.request, hostCleanup: 'required' },
};

const SINGLE = { labels: { app: 'single' }, selector: selector({ app: 'single' }) };

/** With everything that an ordinary run leaves out: a second replica, DaemonSet pods, limits across tasks, windows, a hook, stored reports. */
export const WITH_EVERYTHING: Scene = {
  ...PLAIN,
  name: 'with everything',
  facts: {
    nodes: PLAIN.facts.nodes ?? [],
    pods: [
      ...(PLAIN.facts.pods ?? []),
      pod({ name: 'single-a', labels: SINGLE.labels, controller: owner('apps/v1', 'ReplicaSet', 'single-1') }),
      pod({ name: 'agent-a', labels: { app: 'agent' }, controller: owner('apps/v1', 'DaemonSet', 'agent') }),
    ],
    workloads: [
      ...(PLAIN.facts.workloads ?? []),
      workload({ name: 'single', replicas: 1, selector: SINGLE.selector }),
      replicaSet({
        name: 'single-1',
        replicas: 1,
        selector: SINGLE.selector,
        controller: owner('apps/v1', 'Deployment', 'single'),
      }),
      countlessWorkload('apps/v1', 'DaemonSet', 'agent'),
    ],
    deployments: [deployment({ name: 'single', uid: 'uid-Deployment-single', selector: SINGLE.selector })],
  },
  request: {
    hostCleanup: 'skip',
    cordon: 'inTurn',
    singleReplica: 'surge',
    windows: [{ cron: '* * * * *', timeZone: 'UTC', durationMinutes: 60 }],
  },
  toDependencies: (cluster) => ({
    maxConcurrentNodes: new Map([[cluster, 1]]),
    reports: { store: () => Promise.resolve() },
    machineHook: { serves: () => true, call: () => Promise.resolve('terminating') },
  }),
};
