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
import { isExcludedBy } from '../node/balancer-label.ts';
import { judgeNodeLock, readLockHolder, type LockHolder, type NodeLockJudgement } from '../node/lock.ts';
import { toNodeMachine, toNodeTarget } from '../node/node-target.ts';
import { describePassedPoint, readPassedPoint } from '../node/passed-point.ts';
import { findLeavingTaint } from '../node/leaving-taint.ts';
import { isOutOfServiceBy, OUT_OF_SERVICE } from '../node/out-of-service.ts';
import {
  toBalancerCommand,
  toLeavingTaintCommand,
  toNodeCommands,
  toOutOfServiceCommand,
  toReplicasCommand,
  toUnlockCommand,
  toWaitingTaintCommand,
} from '../node/repair-commands.ts';
import { findWaitingTaint } from '../node/waiting-taint.ts';
import type { PointOfNoReturn } from '../run/point-of-no-return.ts';
import { joinSentences } from '../text/join-sentences.ts';
import { findSurgeHolder, toDeploymentName } from '../surge/surge-label.ts';
import type { Leftover, LeftoverTarget, TaskState } from './leftover.ts';

export interface LeftoverFacts {
  /** Name of the cluster in the configuration. */
  readonly cluster: string;
  readonly nodes: readonly NodeFacts[];
  readonly budgets: readonly DisruptionBudgetFacts[];
  /** Those with the label of a second replica; absent: they may not be read. */
  readonly deployments?: readonly DeploymentFacts[];
  /**
   * By name of the node: the state of the workflow that its lock names and of the node's own workflow, `running` if one of them runs;
   * absent: it has no lock that can be read.
   */
  readonly holderStates: Readonly<Record<string, TaskState>>;
  /** By name of the node: what its own workflow began that cannot be undone; absent: nothing. */
  readonly passedPoints?: Readonly<Record<string, PointOfNoReturn>>;
  /** By id: tasks that no lock names, as far as this Temporal knows them. */
  readonly taskStates?: Readonly<Record<string, TaskState>>;
  /** Ids of the tasks that this Temporal runs now; absent: it did not answer. */
  readonly runningTaskIds?: readonly string[];
}

const MAY_RUN_ELSEWHERE = 'check first that no other Temporal runs this task.';
const NOT_READY = 'the Node is not Ready: check its host before it gets pods again.';

/** In the order of the objects: nodes, budgets, Deployments. A task that runs leaves nothing. Pure. */
export const findLeftovers = (facts: LeftoverFacts): readonly Leftover[] => {
  const judge = toTaskJudge(facts);
  return [
    ...facts.nodes.flatMap((node) => findOnNode(facts, node, judge)),
    ...facts.budgets.flatMap((budget) => findOnBudget(budget, judge)),
    ...(facts.deployments ?? []).flatMap((deployment) => findOnDeployment(facts, deployment, judge)),
  ];
};

/** Ids of the tasks that objects name, each once. Pure. */
export const findTaskIds = ({ nodes, budgets }: Pick<LeftoverFacts, 'nodes' | 'budgets'>): readonly string[] => [
  ...new Set([
    ...nodes.flatMap(({ annotations }) => readNamedTask(annotations).taskId || []),
    ...budgets.flatMap(toTaskIds),
  ]),
];

type JudgeTask = (taskId: string) => TaskState;

const SUREST_FIRST: readonly TaskState[] = ['running', 'unknown', 'closed'];

/** A task without a lock may be one of another Temporal: its budgets outlive the Nodes, which have the locks. */
const toTaskJudge = (facts: LeftoverFacts): JudgeTask => {
  const byLock = new Map<string, readonly TaskState[]>();
  for (const { name, annotations } of facts.nodes) {
    const holder = readLockHolder(annotations[LOCK_ANNOTATION]);
    const state = facts.holderStates[name];
    if (holder !== undefined && state !== undefined)
      byLock.set(holder.taskId, [...(byLock.get(holder.taskId) ?? []), state]);
  }
  return (taskId) => {
    if (facts.runningTaskIds?.includes(taskId) === true) return 'running';
    const states = byLock.get(taskId) ?? [facts.taskStates?.[taskId] ?? 'unknown'];
    return SUREST_FIRST.find((state) => states.includes(state)) ?? 'unknown';
  };
};

/** What the annotations of a Node name of its task. */
interface NamedTask {
  readonly lock: NodeLockJudgement['kind'];
  readonly holder: LockHolder | undefined;
  readonly earlier: EarlierNodeState | undefined;
  /** Empty: not known. */
  readonly taskId: string;
}

const readNamedTask = (annotations: NodeFacts['annotations']): NamedTask => {
  const lock = judgeNodeLock(annotations[LOCK_ANNOTATION], undefined);
  const holder = lock.kind === 'held' ? lock.holder : undefined;
  const earlier = parseEarlierNodeState(annotations[EARLIER_STATE_ANNOTATION]);
  const taskId = holder?.taskId ?? earlier?.taskId ?? annotations[OWNER_TASK_ANNOTATION] ?? '';
  return { lock: lock.kind, holder, earlier, taskId };
};

const findOnNode = (facts: LeftoverFacts, node: NodeFacts, judge: JudgeTask): readonly Leftover[] => {
  const traces = readTraces(facts, node, judge);
  const { task, stays } = traces;
  if (task === 'running') return [];
  if (stays !== undefined) return findPassed(facts.cluster, node, traces, task);
  // The lock last: it keeps other tasks away while the rest is repaired.
  return [
    ...findMarks(node, traces, task),
    ...findTaint(node, traces, task),
    ...findLock(facts.cluster, node, traces, task),
  ];
};

/** What the annotations of a Node show of its task. */
interface Traces extends Omit<NamedTask, 'holder'> {
  readonly task: TaskState;
  readonly naming: Pick<Leftover, 'object' | 'taskId' | 'workflowId' | 'target'>;
  readonly stays: string | undefined;
}

const readTraces = (facts: LeftoverFacts, node: NodeFacts, judge: JudgeTask): Traces => {
  const { name, annotations } = node;
  const { lock, holder, earlier, taskId } = readNamedTask(annotations);
  return {
    lock,
    earlier,
    taskId,
    task: holder === undefined ? judge(taskId) : (facts.holderStates[name] ?? 'unknown'),
    naming: {
      object: `Node ${name}`,
      ...(taskId === '' ? {} : { taskId }),
      ...(holder === undefined ? {} : { workflowId: holder.workflowId }),
      target: toTarget(node),
    },
    stays: toStays(node, facts.passedPoints?.[name]),
  };
};

const toTarget = (node: NodeFacts): LeftoverTarget => {
  const lock = node.annotations[LOCK_ANNOTATION];
  return { kind: 'Node', ...toNodeTarget(toNodeMachine(node)), ...(lock === undefined ? {} : { lock }) };
};

/** Why nothing of the node may be undone, and what to do; undefined: it may. */
const toStays = (
  { name, annotations, deleting }: NodeFacts,
  point: PointOfNoReturn | undefined,
): string | undefined => {
  const passedAt = readPassedPoint(annotations) ?? point?.at;
  if (passedAt !== undefined) return describePassedPoint(name, passedAt);
  return deleting
    ? `node ${name} is being deleted, so nothing of it is undone. Start the same request again: it takes over the node and continues.`
    : undefined;
};

const findPassed = (cluster: string, node: NodeFacts, traces: Traces, task: Leftover['task']): readonly Leftover[] => {
  const { naming, stays = '' } = traces;
  const found = [...findMarks(node, traces, task), ...findLock(cluster, node, traces, task)];
  // The next run takes over the lock of a closed task by itself; that of an unknown one has to be removed first.
  const commands = found.flatMap((each) => (each.kind === 'lock' && task === 'unknown' ? each.commands : []));
  const [first] = found;
  const what = found.map((each) => each.what).join(' and ');
  return first === undefined ? [] : [{ ...naming, kind: first.kind, what, task, stays, commands }];
};

const findMarks = (
  node: NodeFacts,
  { earlier, taskId, naming }: Traces,
  task: Leftover['task'],
): readonly Leftover[] => {
  if (taskId === '' || !hasMarks(node.annotations, taskId)) return [];
  const isOutOfService = isOutOfServiceBy(node, taskId);
  return [
    {
      ...naming,
      kind: 'marks',
      what: toMarksText(earlier?.unschedulable === false && node.unschedulable, isOutOfService),
      task,
      ...(node.ready ? toCaution(task) : { caution: joinSentences(NOT_READY, toCaution(task).caution) }),
      commands: [
        ...toNodeCommands(node.name, taskId, earlier),
        ...(findLeavingTaint(node) ? [toLeavingTaintCommand(node.name)] : []),
        ...(isExcludedBy(node, taskId) ? [toBalancerCommand(node.name, taskId)] : []),
        ...(isOutOfService ? [toOutOfServiceCommand(node.name, taskId)] : []),
      ],
    },
  ];
};

const toMarksText = (isCordoned: boolean, isOutOfService: boolean): string => {
  const marks = isCordoned ? 'its cordon and annotations' : 'its annotations';
  return isOutOfService ? `${marks}, and its taint ${OUT_OF_SERVICE.key}` : marks;
};

/** Of a node that waited for its turn: its value is the task. */
const findTaint = (node: NodeFacts, { taskId, naming }: Traces, task: Leftover['task']): readonly Leftover[] => {
  const taint = findWaitingTaint(node);
  if (taint === undefined) return [];
  const commands = [toWaitingTaintCommand(node.name)];
  const named = taskId === '' ? { taskId: taint.value } : {};
  return [
    { ...naming, ...named, kind: 'taint', what: 'its taint of a waiting node', task, ...toCaution(task), commands },
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
  const { namespace, name, uid } = budget;
  return toTaskIds(budget).flatMap((taskId) => {
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
        target: { kind: 'PodDisruptionBudget', namespace, name, uid },
      },
    ];
  });
};

const toTaskIds = ({ annotations }: DisruptionBudgetFacts): readonly string[] =>
  Object.keys(annotations)
    .filter(isTaskAnnotation)
    .map((annotation) => annotation.slice(toTaskAnnotation('').length));

/** The label has a hash of the task, which is compared with those of the tasks that are known. */
const findOnDeployment = (facts: LeftoverFacts, deployment: DeploymentFacts, judge: JudgeTask): readonly Leftover[] => {
  const known = [...(facts.runningTaskIds ?? []), ...findTaskIds(facts)];
  const taskId = known.find((each) => findSurgeHolder(deployment, each) === 'ours');
  const task = taskId === undefined ? 'unknown' : judge(taskId);
  if (task === 'running') return [];
  const { namespace, name, uid } = deployment;
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
      target: { kind: 'Deployment', namespace, name, uid },
    },
  ];
};
