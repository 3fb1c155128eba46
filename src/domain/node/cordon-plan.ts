import type { NodeFacts } from '../cluster/facts.ts';
import { parseEarlierNodeState, toEarlierStateText, type EarlierNodeState } from './earlier-state.ts';
import {
  EARLIER_STATE_ANNOTATION,
  EXCLUDE_BALANCERS_LABEL,
  OWNER_TASK_ANNOTATION,
  POINT_OF_NO_RETURN_ANNOTATION,
  REASON_ANNOTATION,
  REQUESTED_BY_ANNOTATION,
  SCALE_DOWN_DISABLED_ANNOTATION,
  TASK_ANNOTATION_VALUE,
  toTaskAnnotation,
} from '../cluster/annotations.ts';
import type { TaskContext } from '../run/context.ts';
import type { NodeChange, NodeRestorePlan } from './node-change.ts';
import { isExcludedBy } from './balancer-label.ts';
import { findLeavingTaint } from './leaving-taint.ts';
import { findOutOfServiceTaint } from './out-of-service.ts';
import { toTaintValue } from './task-taint.ts';
import { readPassedPoint } from './passed-point.ts';
import { toStableHash } from '../text/stable-hash.ts';

/** The part of a Node that the planners below read. */
export type MarkedNode = Pick<NodeFacts, 'name' | 'unschedulable' | 'annotations' | 'labels' | 'taints'>;

/** Who cordons, and why: written to the Node for operators. */
export type CordonTask = Pick<TaskContext, 'taskId' | 'requestedBy' | 'reason'>;

const toWantedAnnotations = (task: CordonTask): Readonly<Record<string, string>> => ({
  [OWNER_TASK_ANNOTATION]: task.taskId,
  [toTaskAnnotation(task.taskId)]: TASK_ANNOTATION_VALUE,
  [SCALE_DOWN_DISABLED_ANNOTATION]: 'true',
  ...(task.requestedBy === undefined ? {} : { [REQUESTED_BY_ANNOTATION]: task.requestedBy }),
  ...(task.reason === undefined ? {} : { [REASON_ANNOTATION]: task.reason }),
});

/** The record that this task wrote to the node; a record of another task is not used. */
const readOwnRecord = (node: MarkedNode, taskId: string): EarlierNodeState | undefined => {
  const record = parseEarlierNodeState(node.annotations[EARLIER_STATE_ANNOTATION]);
  return record?.taskId === taskId ? record : undefined;
};

/**
 * One write that cordons the node, marks it as owned by this task and records its earlier state. A node that already has this task's
 * mark gets `nothing`, even when another client uncordoned it since: that change wins, and the run must check for it (`CordonLost`).
 * Marks left by another task are recorded like any earlier value, so that the undo restores exactly the earlier state.
 */
export const planCordon = (node: MarkedNode, task: CordonTask): NodeChange | 'nothing' => {
  if (node.annotations[OWNER_TASK_ANNOTATION] === task.taskId || readOwnRecord(node, task.taskId)) {
    return 'nothing';
  }
  const wanted = toWantedAnnotations(task);
  const overwritten = [...Object.keys(wanted), EARLIER_STATE_ANNOTATION];
  const record: EarlierNodeState = {
    taskId: task.taskId,
    unschedulable: node.unschedulable,
    annotations: Object.fromEntries(overwritten.map((key) => [key, node.annotations[key] ?? null])),
    writtenHashes: Object.fromEntries(Object.entries(wanted).map(([key, value]) => [key, toStableHash(value)])),
  };
  return {
    ...(node.unschedulable ? {} : { unschedulable: true }),
    annotations: { ...wanted, [EARLIER_STATE_ANNOTATION]: toEarlierStateText(record) },
  };
};

/**
 * Replaces a record that was removed or corrupted: this task's marks can still be removed, but the earlier cordon and the earlier
 * scale-down annotation are unknown, so both stay.
 */
const toReplacementRecord = (node: MarkedNode, taskId: string): EarlierNodeState => {
  const ours = [OWNER_TASK_ANNOTATION, REQUESTED_BY_ANNOTATION, REASON_ANNOTATION, EARLIER_STATE_ANNOTATION];
  const present = ours.filter((key) => key in node.annotations);
  return {
    taskId,
    unschedulable: node.unschedulable,
    annotations: Object.fromEntries([...present, toTaskAnnotation(taskId)].map((key) => [key, null])),
    writtenHashes: {
      ...Object.fromEntries(present.map((key) => [key, toStableHash(node.annotations[key] ?? '')])),
      [toTaskAnnotation(taskId)]: toStableHash(TASK_ANNOTATION_VALUE),
    },
  };
};

interface AnnotationRestore {
  readonly annotations: Record<string, string | null>;
  readonly notes: string[];
}

const restoreAnnotations = (node: MarkedNode, record: EarlierNodeState): AnnotationRestore => {
  const restore: AnnotationRestore = { annotations: {}, notes: [] };
  for (const [key, earlier] of Object.entries(record.annotations)) {
    const current = node.annotations[key] ?? null;
    // The record cannot contain its own hash; that it was read as this task's record proves the same.
    const isAsWritten =
      current !== null && (key === EARLIER_STATE_ANNOTATION || toStableHash(current) === record.writtenHashes[key]);
    if (current === earlier) {
      continue;
    }
    if (isAsWritten) {
      restore.annotations[key] = earlier;
    } else if (key !== OWNER_TASK_ANNOTATION) {
      restore.notes.push(
        `annotation ${key} was ${current === null ? 'removed' : 'changed'} by another client during this task, and that change is kept`,
      );
    }
  }
  return restore;
};

interface CordonRestore {
  readonly unschedulable?: boolean;
  readonly notes: readonly string[];
}

const toKeptCordonNote = (node: MarkedNode, because: string): string =>
  `${because}, so the cordon is kept; to remove it, run \`kubectl uncordon ${node.name}\``;

const restoreCordon = (node: MarkedNode, record: EarlierNodeState | undefined, isOwner: boolean): CordonRestore => {
  if (!node.unschedulable) {
    return {
      notes: isOwner ? ['the node was uncordoned by another client during this task, and that change is kept'] : [],
    };
  }
  if (!isOwner) {
    return { notes: [toKeptCordonNote(node, "the node is cordoned but does not have this task's owner annotation")] };
  }
  if (!record) {
    return {
      notes: [
        toKeptCordonNote(node, "another client removed or changed this task's record of the node's earlier state"),
      ],
    };
  }
  return record.unschedulable ? { notes: [] } : { unschedulable: false, notes: [] };
};

const toRestorePlan = (cordon: CordonRestore, { annotations, notes }: AnnotationRestore): NodeRestorePlan => {
  const change: NodeChange = {
    ...(cordon.unschedulable === undefined ? {} : { unschedulable: cordon.unschedulable }),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  };
  return { change: Object.keys(change).length === 0 ? 'nothing' : change, notes: [...cordon.notes, ...notes] };
};

const toForeignScaleDownNotes = (node: MarkedNode): readonly string[] =>
  SCALE_DOWN_DISABLED_ANNOTATION in node.annotations
    ? [
        `the earlier value of annotation ${SCALE_DOWN_DISABLED_ANNOTATION} is unknown, so the annotation is kept; to remove it, run ` +
          `\`kubectl annotate node ${node.name} ${SCALE_DOWN_DISABLED_ANNOTATION}-\``,
      ]
    : [];

const planRestore = (node: MarkedNode, taskId: string, keepsCordon: boolean): NodeRestorePlan => {
  const owner = node.annotations[OWNER_TASK_ANNOTATION];
  const ownTaskAnnotation = toTaskAnnotation(taskId);
  if (owner !== undefined && owner !== taskId) {
    const isLeft = node.annotations[ownTaskAnnotation] === TASK_ANNOTATION_VALUE;
    const note = `the node is now owned by task ${owner.slice(0, 60)}, so its cordon and annotations are kept`;
    return { change: isLeft ? { annotations: { [ownTaskAnnotation]: null } } : 'nothing', notes: [note] };
  }
  const isOwner = owner === taskId;
  const record = readOwnRecord(node, taskId);
  const cordon = keepsCordon ? { notes: [] } : restoreCordon(node, record, isOwner);
  if (record) {
    return toRestorePlan(cordon, restoreAnnotations(node, record));
  }
  if (isOwner) {
    const restored = restoreAnnotations(node, toReplacementRecord(node, taskId));
    return toRestorePlan(cordon, { ...restored, notes: [...restored.notes, ...toForeignScaleDownNotes(node)] });
  }
  const isLeft = node.annotations[ownTaskAnnotation] === TASK_ANNOTATION_VALUE;
  return toRestorePlan(cordon, { annotations: isLeft ? { [ownTaskAnnotation]: null } : {}, notes: [] });
};

/** Adds the removal of what has this task as its value; the taints and the label of another task, or of another client, stay. */
const withoutOwnValues = (plan: NodeRestorePlan, node: MarkedNode, taskId: string): NodeRestorePlan => {
  const own = [findLeavingTaint(node), findOutOfServiceTaint(node)].filter(
    (taint) => taint?.value === toTaintValue(taskId),
  );
  const change: NodeChange = {
    ...(own.length === 0 ? {} : { taints: node.taints.filter((taint) => !own.includes(taint)) }),
    ...(isExcludedBy(node, taskId) ? { labels: { [EXCLUDE_BALANCERS_LABEL]: null } } : {}),
  };
  if (Object.keys(change).length === 0) return plan;
  return { ...plan, change: { ...(plan.change === 'nothing' ? {} : plan.change), ...change } };
};

/**
 * Undoes `planCordon`, the taints of a leaving or dead node and the exclusion from load balancers, and nothing else. The cordon is removed only
 * when the owner annotation is this task's, the node was schedulable before and is still cordoned. Each annotation gets its earlier value back only while it still has the value that this task wrote;
 * a later change by another client wins and is noted. Planned again after it was applied, it changes nothing. A node past its point of no
 * return is never changed, whichever run passed it.
 */
export const planUncordon = (node: MarkedNode, taskId: string): NodeRestorePlan => {
  const passedAt = readPassedPoint(node.annotations);
  if (passedAt !== undefined) return { change: 'nothing', notes: [], passedAt };
  return withoutOwnValues(planRestore(node, taskId, false), node, taskId);
};

/**
 * For a drain without deletion: removes this task's marks as `planUncordon` does, and the record of its point of no return; leaves
 * `unschedulable` as it is.
 */
export const planReleaseKeepingCordon = (node: MarkedNode, taskId: string): NodeRestorePlan => {
  const plan = withoutOwnValues(planRestore(node, taskId, true), node, taskId);
  const owner = node.annotations[OWNER_TASK_ANNOTATION];
  const isOfOther = owner !== undefined && owner !== taskId;
  if (isOfOther || readPassedPoint(node.annotations) === undefined) return plan;
  const change = plan.change === 'nothing' ? {} : plan.change;
  return {
    ...plan,
    change: { ...change, annotations: { ...change.annotations, [POINT_OF_NO_RETURN_ANNOTATION]: null } },
  };
};
