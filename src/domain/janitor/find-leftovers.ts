import { toBudgetName } from '../budgets/covering.ts';
import { planBudgetRelease } from '../budgets/release.ts';
import {
  EARLIER_STATE_ANNOTATION,
  isTaskAnnotation,
  LOCK_ANNOTATION,
  OWNER_TASK_ANNOTATION,
  SURGE_LABEL,
  toTaskAnnotation,
} from '../cluster/annotations.ts';
import type { DeploymentFacts, DisruptionBudgetFacts, NodeFacts } from '../cluster/facts.ts';
import { parseEarlierNodeState, type EarlierNodeState } from '../node/earlier-state.ts';
import { describePassedPoint, readPassedPoint } from '../node/passed-point.ts';
import { judgeNodeLock, type LockHolder, type NodeLockJudgement } from '../node/lock.ts';
import { toNodeCommands, toReplicasCommand, toUnlockCommand } from '../node/repair-commands.ts';
import { findSurgeHolder, toDeploymentName } from '../surge/surge-label.ts';

/** `closed`: its workflow is closed or gone. `unknown`: it may belong to another Temporal, or Temporal did not answer. */
export type TaskState = 'running' | 'closed' | 'unknown';

/** Something on an object of the cluster that a task wrote and that no running task will remove. */
export interface Leftover {
  readonly kind: 'lock' | 'marks' | 'budget' | 'secondReplica';
  /** For example `Node node-1` or `PodDisruptionBudget shop/web`. */
  readonly object: string;
  /** What stays, as a phrase. */
  readonly what: string;
  /** Absent: the object does not name it. */
  readonly taskId?: string;
  /** Absent: the object does not name it. */
  readonly workflowId?: string;
  /** Never `running`. */
  readonly task: Exclude<TaskState, 'running'>;
  /** What to know before the commands are run, as a sentence. */
  readonly caution?: string;
  /** For a shell, in this order. Empty: nothing is undone on a node past its point of no return; `caution` has what to do. */
  readonly commands: readonly string[];
}

export interface LeftoverFacts {
  /** Name of the cluster in the configuration. */
  readonly cluster: string;
  readonly nodes: readonly NodeFacts[];
  readonly budgets: readonly DisruptionBudgetFacts[];
  /** Those with the label of a second replica; absent: they may not be read. */
  readonly deployments?: readonly DeploymentFacts[];
  /** By name of the node: the state of the workflow that its lock names; absent: it has no lock that can be read. */
  readonly holderStates: Readonly<Record<string, TaskState>>;
  /** Ids of the tasks that this Temporal runs now; absent: it did not answer. */
  readonly runningTaskIds?: readonly string[];
}

const HOST_MAY_BE_CLEANED =
  'the Node is not Ready: its kubelet may have been stopped for good. Then do not uncordon it: start the same request again, which takes over.';
const MAY_RUN_ELSEWHERE = 'check first that no other Temporal runs this task.';

/** In the order of the objects: nodes, budgets, Deployments. A task that runs leaves nothing. Pure. */
export const findLeftovers = (facts: LeftoverFacts): readonly Leftover[] => {
  const judge = toTaskJudge(facts);
  return [
    ...facts.nodes.flatMap((node) => findOnNode(facts, node, judge)),
    ...facts.budgets.flatMap((budget) => findOnBudget(budget, judge)),
    ...(facts.deployments ?? []).flatMap((deployment) => findOnDeployment(facts, deployment, judge)),
  ];
};

type JudgeTask = (taskId: string) => TaskState;

/** A task without a lock may be one of another Temporal: its budgets outlive the Nodes, which have the locks. */
const toTaskJudge = (facts: LeftoverFacts): JudgeTask => {
  const byLock = new Map<string, TaskState>();
  for (const { name, annotations } of facts.nodes) {
    const holder = readHolder(annotations);
    const state = facts.holderStates[name];
    if (holder !== undefined && state !== undefined && byLock.get(holder.taskId) !== 'running')
      byLock.set(holder.taskId, state);
  }
  return (taskId) => (facts.runningTaskIds?.includes(taskId) === true ? 'running' : (byLock.get(taskId) ?? 'unknown'));
};

const readLock = (annotations: NodeFacts['annotations']): NodeLockJudgement =>
  judgeNodeLock(annotations[LOCK_ANNOTATION], undefined);

const toHolder = (lock: NodeLockJudgement): LockHolder | undefined => (lock.kind === 'held' ? lock.holder : undefined);

const readHolder = (annotations: NodeFacts['annotations']): LockHolder | undefined => toHolder(readLock(annotations));

const findOnNode = (facts: LeftoverFacts, node: NodeFacts, judge: JudgeTask): readonly Leftover[] => {
  const traces = readTraces(facts, node, judge);
  // The lock last: it keeps other tasks away while the rest is repaired.
  if (traces.task === 'running') return [];
  const found = [...findMarks(node, traces, traces.task), ...findLock(facts.cluster, node, traces, traces.task)];
  const passedAt = readPassedPoint(node.annotations);
  if (passedAt === undefined) return found;
  const caution = describePassedPoint(node.name, passedAt);
  // The next run takes over the lock of a closed task by itself; that of an unknown one has to be removed first.
  const keepsCommands = ({ kind }: Leftover): boolean => kind === 'lock' && traces.task === 'unknown';
  return found.map((leftover) => ({
    ...leftover,
    caution,
    commands: keepsCommands(leftover) ? leftover.commands : [],
  }));
};

/** What the annotations of a Node show of its task. */
interface Traces {
  readonly lock: NodeLockJudgement['kind'];
  readonly earlier: EarlierNodeState | undefined;
  /** Empty: not known. */
  readonly taskId: string;
  readonly task: TaskState;
  readonly naming: Pick<Leftover, 'object' | 'taskId' | 'workflowId'>;
}

const readTraces = ({ holderStates }: LeftoverFacts, { name, annotations }: NodeFacts, judge: JudgeTask): Traces => {
  const lock = readLock(annotations);
  const holder = toHolder(lock);
  const earlier = parseEarlierNodeState(annotations[EARLIER_STATE_ANNOTATION]);
  const taskId = holder?.taskId ?? earlier?.taskId ?? annotations[OWNER_TASK_ANNOTATION] ?? '';
  return {
    lock: lock.kind,
    earlier,
    taskId,
    task: holder === undefined ? judge(taskId) : (holderStates[name] ?? 'unknown'),
    naming: {
      object: `Node ${name}`,
      ...(taskId === '' ? {} : { taskId }),
      ...(holder === undefined ? {} : { workflowId: holder.workflowId }),
    },
  };
};

const findMarks = (
  node: NodeFacts,
  { earlier, taskId, naming }: Traces,
  task: Leftover['task'],
): readonly Leftover[] => {
  if (taskId === '' || !hasMarks(node.annotations, taskId)) return [];
  const isCordoned = earlier?.unschedulable === false && node.unschedulable;
  return [
    {
      ...naming,
      kind: 'marks',
      what: isCordoned ? 'its cordon and annotations' : 'its annotations',
      task,
      ...(node.ready ? toCaution(task) : { caution: HOST_MAY_BE_CLEANED }),
      commands: toNodeCommands(node.name, taskId, earlier),
    },
  ];
};

const findLock = (
  cluster: string,
  { name }: NodeFacts,
  { lock, taskId, naming }: Traces,
  task: Leftover['task'],
): readonly Leftover[] => {
  if (lock === 'free') return [];
  const what = lock === 'unreadable' ? 'a lock that cannot be read' : 'its lock';
  const commands = [toUnlockCommand(name, cluster, taskId === '' ? 'its task has ended' : `task ${taskId} has ended`)];
  return [{ ...naming, kind: 'lock', what, task, ...toCaution(task), commands }];
};

const hasMarks = (annotations: NodeFacts['annotations'], taskId: string): boolean =>
  [EARLIER_STATE_ANNOTATION, OWNER_TASK_ANNOTATION, toTaskAnnotation(taskId)].some((key) => key in annotations);

const toCaution = (task: TaskState): Pick<Leftover, 'caution'> =>
  task === 'unknown' ? { caution: MAY_RUN_ELSEWHERE } : {};

const findOnBudget = (budget: DisruptionBudgetFacts, judge: JudgeTask): readonly Leftover[] => {
  const { namespace, name } = budget;
  const taskIds = Object.keys(budget.annotations).filter(isTaskAnnotation).map(toTaskId);
  return taskIds.flatMap((taskId) => {
    const task = judge(taskId);
    if (task === 'running') return [];
    const isOurs = planBudgetRelease(budget, taskId).kind === 'delete';
    return [
      {
        kind: 'budget' as const,
        object: `PodDisruptionBudget ${toBudgetName(budget)}`,
        what: isOurs ? 'the whole budget, which the task created' : "the task's annotation",
        taskId,
        task,
        ...toCaution(task),
        commands: [
          isOurs
            ? `kubectl delete pdb -n ${namespace} ${name}`
            : `kubectl annotate pdb -n ${namespace} ${name} ${toTaskAnnotation(taskId)}-`,
        ],
      },
    ];
  });
};

const toTaskId = (annotation: string): string => annotation.slice(toTaskAnnotation('').length);

/** The label has a hash of the task, which is compared with those of the tasks that are known. */
const findOnDeployment = (facts: LeftoverFacts, deployment: DeploymentFacts, judge: JudgeTask): readonly Leftover[] => {
  const onNodes = facts.nodes.flatMap(({ annotations }) => readHolder(annotations)?.taskId ?? []);
  const known = [...(facts.runningTaskIds ?? []), ...onNodes];
  const taskId = known.find((each) => findSurgeHolder(deployment, each) === 'ours');
  const task = taskId === undefined ? 'unknown' : judge(taskId);
  if (task === 'running') return [];
  const { namespace, name } = deployment;
  return [
    {
      kind: 'secondReplica',
      object: toDeploymentName(deployment),
      what: deployment.replicas === 2 ? 'its second replica and label' : 'its label',
      ...(taskId === undefined ? {} : { taskId }),
      task,
      ...toCaution(task),
      commands: [
        ...(deployment.replicas === 2 ? [toReplicasCommand(deployment)] : []),
        `kubectl label deployment -n ${namespace} ${name} ${SURGE_LABEL}-`,
      ],
    },
  ];
};
