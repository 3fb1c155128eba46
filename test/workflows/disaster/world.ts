import { createActivities, type Activities } from '../../../src/activities/index.ts';
import {
  isTaskAnnotation,
  LOCK_ANNOTATION,
  OWNER_TASK_ANNOTATION,
  POINT_OF_NO_RETURN_ANNOTATION,
} from '../../../src/domain/cluster/annotations.ts';
import type { NodeFacts } from '../../../src/domain/cluster/facts.ts';
import { toLockText } from '../../../src/domain/node/lock.ts';
import { createWorkflowDirectory } from '../../../src/worker/workflow-directory.ts';
import { readLeftovers, undoLeftovers, type LeftoverUndo } from '../../../src/inspect/leftovers.ts';
import { activityDependencies } from '../../builders/activity-dependencies.ts';
import { hostLayout } from '../../builders/host-facts.ts';
import { lockHolder } from '../../builders/lock-holder.ts';
import { node } from '../../builders/node.ts';
import { pod } from '../../builders/pod.ts';
import { replicaSet, workload } from '../../builders/workload.ts';
import { LivingCluster } from '../../fakes/living-cluster.ts';
import type { ActivityName, TaskScript } from '../task-script.ts';
import type { WorkflowHarness } from '../workflow-harness.ts';

export const NODE = 'node-1';
const SPARE = 'node-2';

const WAITS = {
  settleSeconds: 0.02,
  emptyTwiceSeconds: 0.02,
  staysGoneSeconds: 0.02,
  detachSeconds: 60,
  budgetObservedSeconds: 60,
};

/** The real activities on a cluster in memory, for the workflows of a harness. */
export class World {
  readonly script: TaskScript;
  readonly cluster: LivingCluster;
  /** States of the Node past its point of no return in which it was schedulable or unlocked: must be empty. */
  readonly undone: readonly string[];
  readonly #stage: WorkflowHarness;
  readonly #cleansHost: boolean;

  /** `cleansHost`: with the host of the node, whose activities are scripted. */
  constructor(stage: WorkflowHarness, cleansHost: boolean) {
    this.#stage = stage;
    this.#cleansHost = cleansHost;
    this.script = stage.createScript();
    this.cluster = new LivingCluster(
      {
        nodes: [node({ name: NODE }), node({ name: SPARE })],
        pods: ['web-a', 'web-b'].map((name) => pod({ name })),
        workloads: [workload({ replicas: 2 }), replicaSet({ replicas: 2 })],
      },
      SPARE,
    );
    this.undone = watchPastReturn(this.cluster);
    const { cluster: clusterName } = this.script;
    const activities = createActivities(
      activityDependencies(this.cluster, {
        clusters: new Map([[clusterName, this.cluster]]),
        directory: createWorkflowDirectory(stage.client),
        waits: WAITS,
      }),
    );
    const scripted = pick(this.script.activities, OF_HOSTS);
    Object.assign(this.script.activities, activities, cleansHost ? scripted : {});
    if (cleansHost) planWithHost(this.script);
  }

  /** Starts the task; always the same request, but for `overrides`. */
  start(overrides: Readonly<Record<string, unknown>> = {}): ReturnType<WorkflowHarness['startTask']> {
    const hostCleanup = this.#cleansHost ? 'required' : 'skip';
    return this.#stage.startTask(this.script, [NODE], { hostCleanup, waitForReplacements: false, ...overrides });
  }

  get node(): NodeFacts | undefined {
    return this.cluster.nodes.find(NODE);
  }

  /** What a task has written and has to remove, read without the program under test. */
  get traces(): readonly string[] {
    const { nodes, budgets } = this.cluster;
    return [
      ...nodes.all.flatMap(({ name, annotations, taints }) =>
        [...Object.keys(annotations), ...taints.map(({ key }) => key)]
          .filter(isOfTask)
          .map((key) => `Node ${name}: ${key}`),
      ),
      ...budgets.all.map(({ name }) => `budget ${name}`),
    ];
  }

  /** `gone`, `schedulable` or `cordoned`. */
  get presence(): 'gone' | 'schedulable' | 'cordoned' {
    if (this.node === undefined) return 'gone';
    return this.node.unschedulable ? 'cordoned' : 'schedulable';
  }

  /** As `janitor --undo --yes`. */
  async clean(): Promise<readonly LeftoverUndo[]> {
    const directory = createWorkflowDirectory(this.#stage.client);
    const { leftovers } = await readLeftovers(this.cluster, this.script.cluster, directory);
    return await undoLeftovers(this.cluster, leftovers, {
      includesUnknown: false,
      pause: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    });
  }

  /** A machine has registered under the name of the Node again, with a pod. */
  rejoin(): void {
    this.cluster.nodes.store({ ...node({ name: NODE }), uid: 'uid-rejoined' });
    this.cluster.pods.store(pod({ name: 'web-c' }));
  }

  /** Another task works on the node now. */
  lockForAnotherTask(): void {
    const holder = lockHolder({ taskId: '43', workflowId: 'decommission/default/task/43' });
    const annotations = { [LOCK_ANNOTATION]: toLockText(holder), [OWNER_TASK_ANNOTATION]: '43' };
    this.cluster.nodes.store({ ...this.node!, unschedulable: true, annotations });
  }
}

const OF_HOSTS: readonly ActivityName[] = [
  'proveHost',
  'runHostStage',
  'withdrawHostStages',
  'verifyHost',
  'awaitVolumesUnmounted',
];

const pick = (activities: Activities, names: readonly ActivityName[]): object =>
  Object.fromEntries(names.map((name) => [name, activities[name]]));

/** As if preflight had found the host in order. */
const planWithHost = (script: TaskScript): void => {
  script.wrap('planTask', (standard) => async (context, request) => {
    const plan = await standard(context, { ...request, hostCleanup: 'skip' });
    return { ...plan, nodes: plan.nodes.map((each) => ({ ...each, host: hostLayout() })) };
  });
};

/** Who drained a node that is kept, and who removed a lock, stays on purpose. */
const isOfTask = (key: string): boolean =>
  !['node-decommission.io/drained', 'node-decommission.io/unlocked'].includes(key) &&
  (isTaskAnnotation(key) || key.startsWith('node-decommission') || key.startsWith('cluster-autoscaler'));

const watchPastReturn = (cluster: LivingCluster): readonly string[] => {
  const undone: string[] = [];
  const passed = new Set<string>();
  const patchNode = cluster.patchNode.bind(cluster);
  cluster.patchNode = async (...args) => {
    const facts = await patchNode(...args);
    const { uid, annotations, unschedulable } = facts;
    if (POINT_OF_NO_RETURN_ANNOTATION in annotations) passed.add(uid);
    if (!passed.has(uid)) return facts;
    if (!unschedulable) undone.push('it is uncordoned past its point of no return');
    if (!(LOCK_ANNOTATION in annotations)) undone.push('it is unlocked past its point of no return');
    return facts;
  };
  return undone;
};
