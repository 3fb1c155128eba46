import { createActivities } from '../../../src/activities/index.ts';
import {
  EXCLUDE_BALANCERS_LABEL,
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
import { lockHolder } from '../../builders/lock-holder.ts';
import { node } from '../../builders/node.ts';
import { pod } from '../../builders/pod.ts';
import { LivingCluster } from '../../fakes/living-cluster.ts';
import { LivingHosts } from '../../fakes/living-hosts.ts';
import type { TaskScript } from '../task-script.ts';
import type { WorkflowHarness } from '../workflow-harness.ts';
import { NODE, SPARE, type Scene } from './scenes.ts';

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
  readonly host = new LivingHosts();
  readonly #stage: WorkflowHarness;
  readonly #scene: Scene;

  constructor(stage: WorkflowHarness, scene: Scene) {
    this.#stage = stage;
    this.#scene = scene;
    this.script = stage.createScript();
    this.cluster = new LivingCluster(scene.facts, SPARE);
    this.undone = watchPastReturn(this.cluster);
    const { cluster: clusterName } = this.script;
    const activities = createActivities(
      activityDependencies(this.cluster, {
        clusters: new Map([[clusterName, this.cluster]]),
        directory: createWorkflowDirectory(stage.client),
        waits: WAITS,
        hosts: this.host,
        ...scene.toDependencies(clusterName),
      }),
    );
    Object.assign(this.script.activities, activities);
  }

  /** Starts the task; always the same request, but for `overrides`. */
  start(overrides: Readonly<Record<string, unknown>> = {}): ReturnType<WorkflowHarness['startTask']> {
    return this.#stage.startTask(this.script, [NODE], { ...this.#scene.request, ...overrides });
  }

  /** Stops its workers. */
  async close(): Promise<void> {
    await this.#stage.leave(this.script);
  }

  get node(): NodeFacts | undefined {
    return this.cluster.nodes.find(NODE);
  }

  /** What a task has written and has to remove, read without the program under test. */
  get traces(): readonly string[] {
    const { nodes, budgets, deployments, pods } = this.cluster;
    return [
      ...nodes.all.flatMap((each) => listTraces(`Node ${each.name}`, each)),
      ...budgets.all.map(({ name }) => `budget ${name}`),
      ...deployments.all.flatMap((each) => listTraces(`Deployment ${each.name}`, each)),
      ...deployments.all.filter(({ replicas }) => replicas !== 1).map(({ name }) => `Deployment ${name}: replicas`),
      ...pods.all
        .filter(({ nodeName }) => nodes.find(nodeName))
        .flatMap((each) => listTraces(`Pod ${each.name}`, each)),
    ];
  }

  /** Its kubelet is stopped for good, and the rest is still there. */
  get isHostLeft(): boolean {
    return this.host.state === 'stopped';
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

interface Marked {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly { readonly key: string }[];
}

const listTraces = (object: string, { annotations = {}, labels = {}, taints = [] }: Marked): readonly string[] =>
  [...Object.keys(annotations), ...Object.keys(labels), ...taints.map(({ key }) => key)]
    .filter(isOfTask)
    .map((key) => `${object}: ${key}`);

/** Who drained a node that is kept, and who removed a lock, stays on purpose. */
const isOfTask = (key: string): boolean =>
  !['node-decommission.io/drained', 'node-decommission.io/unlocked'].includes(key) &&
  (isTaskAnnotation(key) ||
    key === EXCLUDE_BALANCERS_LABEL ||
    ['node-decommission', 'cluster-autoscaler'].some((prefix) => key.startsWith(prefix)));

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
