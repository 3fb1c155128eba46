import { DRAINED_ANNOTATION, LOCK_ANNOTATION } from '../cluster/annotations.ts';
import type { NodeFacts } from '../cluster/facts.ts';
import { ZONE_LABEL } from '../cluster/node-state.ts';
import { parseDrainedMark } from '../node/drained-mark.ts';
import { readLockHolder, type LockHolder } from '../node/lock.ts';
import { readPassedPoint } from '../node/passed-point.ts';
import type { TurnNode } from './judge-turns.ts';
import { readTurnMark, type TurnMark } from './turn-mark.ts';

/**
 * A locked node, as its Node shows it. `working`: it has its turn. `waiting`: it asks for one. `unmarked`: of a task that takes no turns, so
 * that only the node's own workflow shows whether it is in work.
 */
export type LockedNode = TurnNode & { readonly holder: LockHolder } & (
    { readonly state: 'working' | 'waiting'; readonly mark: TurnMark } | { readonly state: 'unmarked' }
  );

/**
 * What counts for the limits across tasks; undefined: the Node is not locked, or does not count. A node counts until its point of no return,
 * when its pods are gone: how long its host takes, or an operator, keeps no other node waiting. One that was drained only, and keeps its lock
 * until its task ends, does not count either. Pure.
 */
export const readTurn = ({ name, annotations, labels, unschedulable }: NodeFacts): LockedNode | undefined => {
  const text = annotations[LOCK_ANNOTATION] ?? '';
  const holder = readLockHolder(text);
  if (holder === undefined || isOver(annotations, holder.taskId)) return undefined;
  const mark = readTurnMark(text);
  const node = { nodeName: name, taskId: holder.taskId, zone: labels[ZONE_LABEL] ?? '', holder };
  if (mark)
    return { ...node, limits: mark.limits, state: mark.workingSince === undefined ? 'waiting' : 'working', mark };
  const isIdle = holder.takesTurns === true || !unschedulable;
  return isIdle ? undefined : { ...node, limits: { oneZoneAtATime: false }, state: 'unmarked' };
};

const isOver = (annotations: NodeFacts['annotations'], taskId: string): boolean =>
  readPassedPoint(annotations) !== undefined || parseDrainedMark(annotations[DRAINED_ANNOTATION])?.taskId === taskId;
