import type { NodeFacts } from '../cluster/facts.ts';
import { parseEarlierNodeState, toEarlierStateText, type EarlierNodeState } from './earlier-state.ts';
import {
  EARLIER_STATE_ANNOTATION,
  OWNER_TASK_ANNOTATION,
  REASON_ANNOTATION,
  REQUESTED_BY_ANNOTATION,
  SCALE_DOWN_DISABLED_ANNOTATION,
  TASK_ANNOTATION_VALUE,
  toTaskAnnotation,
  type AnnotationChange,
} from '../cluster/annotations.ts';
import type { TaskContext } from '../run/context.ts';
import { toStableHash } from '../text/stable-hash.ts';

/** What of a Node the planners below look at. */
export type MarkedNode = Pick<NodeFacts, 'name' | 'unschedulable' | 'annotations'>;

/** One write to a Node; what it does not name stays. */
export interface NodeChange {
  readonly unschedulable?: boolean;
  readonly annotations?: AnnotationChange;
}

/** Who cordons, and why: it is written onto the Node for whoever finds it. */
export type CordonTask = Pick<TaskContext, 'taskId' | 'requestedBy' | 'reason'>;

/** `notes`: what was left as somebody else wants it, one sentence each; empty when all is as before the cordon. */
export interface NodeRestorePlan {
  readonly change: NodeChange | 'nothing';
  readonly notes: readonly string[];
}

const toWantedAnnotations = (task: CordonTask): Readonly<Record<string, string>> => ({
  [OWNER_TASK_ANNOTATION]: task.taskId,
  [toTaskAnnotation(task.taskId)]: TASK_ANNOTATION_VALUE,
  [SCALE_DOWN_DISABLED_ANNOTATION]: 'true',
  ...(task.requestedBy === undefined ? {} : { [REQUESTED_BY_ANNOTATION]: task.requestedBy }),
  ...(task.reason === undefined ? {} : { [REASON_ANNOTATION]: task.reason }),
});

/** The record that this task left on the node; another task's record is not ours to use. */
const readOwnRecord = (node: MarkedNode, taskId: string): EarlierNodeState | undefined => {
  const record = parseEarlierNodeState(node.annotations[EARLIER_STATE_ANNOTATION]);
  return record?.taskId === taskId ? record : undefined;
};

/**
 * One write that cordons the node, marks it as this task's and records what it was before. A node that carries our mark gets
 * `nothing`, also when somebody uncordoned it since: their change wins, and the run must look for it (`CordonLost`).
 * Marks that another task left behind are recorded like any earlier value, so that an undo puts back exactly what was there.
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
 * Stands in for a record that somebody removed or spoiled: our marks can still be taken off, but what the cordon and the foreign
 * annotation were before is not known any more, so both stay.
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
    // The record cannot hold its own hash; that it was read as ours says as much.
    const isAsWritten =
      current !== null && (key === EARLIER_STATE_ANNOTATION || toStableHash(current) === record.writtenHashes[key]);
    if (current === earlier) {
      continue;
    }
    if (isAsWritten) {
      restore.annotations[key] = earlier;
    } else if (key !== OWNER_TASK_ANNOTATION) {
      restore.notes.push(
        `somebody ${current === null ? 'removed' : 'changed'} the annotation ${key} after us, so it is kept as it is now`,
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
  `${because}, so the cordon is kept; if nobody wants it, run \`kubectl uncordon ${node.name}\``;

const restoreCordon = (node: MarkedNode, record: EarlierNodeState | undefined, isOwner: boolean): CordonRestore => {
  if (!node.unschedulable) {
    return { notes: isOwner ? ['somebody uncordoned the node after us, so that is kept'] : [] };
  }
  if (!isOwner) {
    return { notes: [toKeptCordonNote(node, 'the node is cordoned but not marked as ours')] };
  }
  if (!record) {
    return { notes: [toKeptCordonNote(node, 'somebody removed or changed our record of what the node was before')] };
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
        `what the annotation ${SCALE_DOWN_DISABLED_ANNOTATION} was before us is not known any more, so it is kept; if nobody wants it, run ` +
          `\`kubectl annotate node ${node.name} ${SCALE_DOWN_DISABLED_ANNOTATION}-\``,
      ]
    : [];

const planRestore = (node: MarkedNode, taskId: string, keepsCordon: boolean): NodeRestorePlan => {
  const owner = node.annotations[OWNER_TASK_ANNOTATION];
  const ownTaskAnnotation = toTaskAnnotation(taskId);
  if (owner !== undefined && owner !== taskId) {
    const isLeft = node.annotations[ownTaskAnnotation] === TASK_ANNOTATION_VALUE;
    const note = `task ${owner.slice(0, 60)} owns the node now, so its cordon and annotations are kept`;
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

/**
 * Undoes `planCordon`, and only it. The cordon goes only when the owner annotation is ours, the node was schedulable before us
 * and is still cordoned. Each annotation goes back to its earlier value only while it still has the value that we wrote;
 * somebody else's later change wins and is noted. Planned again after it was carried out, it changes nothing more.
 */
export const planUncordon = (node: MarkedNode, taskId: string): NodeRestorePlan => planRestore(node, taskId, false);

/** For a drain without deletion: takes our marks off as `planUncordon` does and leaves the node as schedulable as it is now. */
export const planReleaseKeepingCordon = (node: MarkedNode, taskId: string): NodeRestorePlan =>
  planRestore(node, taskId, true);
