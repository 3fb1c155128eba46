import { parseJsonObject, type JsonObject } from '../text/json-text.ts';

/** The owner of a node's lock: one workflow of one Temporal namespace. Written to the lock annotation of the Node. */
export interface LockHolder {
  /** UUID of the namespace: names are the same in many Temporal clusters. */
  readonly temporalNamespaceId: string;
  /** Its name; informational, not compared. */
  readonly temporalNamespace: string;
  readonly workflowId: string;
  /** Stays the same when the workflow is reset or continues as new. */
  readonly firstExecutionRunId: string;
  /** Informational; not compared. */
  readonly taskId: string;
  /** RFC 3339; informational, not compared. */
  readonly since: string;
  /** Each node of the task is marked before it starts (ADR 39); not compared. Absent: its nodes start without a mark. */
  readonly takesTurns?: true;
}

const IDENTITY = ['temporalNamespaceId', 'workflowId', 'firstExecutionRunId'] as const;

/** `unreadable`: written or edited by another client, so no Temporal can be queried for the holder; an operator must decide. */
export type LockReading = { readonly kind: 'held'; readonly holder: LockHolder } | { readonly kind: 'unreadable' };

const readText = (source: JsonObject, key: Exclude<keyof LockHolder, 'takesTurns'>): string => {
  const value = Object.hasOwn(source, key) ? source[key] : undefined;
  return typeof value === 'string' ? value : '';
};

/** Reads the text of a lock annotation. Unknown members are ignored: a later version may add some. Never throws. */
export const parseLockHolder = (text: string): LockReading => {
  const source = parseJsonObject(text);
  if (source === undefined || IDENTITY.some((key) => readText(source, key) === '')) {
    return { kind: 'unreadable' };
  }
  return {
    kind: 'held',
    holder: {
      temporalNamespaceId: readText(source, 'temporalNamespaceId'),
      temporalNamespace: readText(source, 'temporalNamespace'),
      workflowId: readText(source, 'workflowId'),
      firstExecutionRunId: readText(source, 'firstExecutionRunId'),
      taskId: readText(source, 'taskId'),
      since: readText(source, 'since'),
      ...(source['takesTurns'] === true ? { takesTurns: true } : {}),
    },
  };
};

/** True when both are the same workflow of the same Temporal namespace; the informational fields may differ. */
export const isSameHolder = (first: LockHolder, second: LockHolder): boolean =>
  IDENTITY.every((key) => first[key] === second[key]);

/** The value of the lock annotation; the same holder always results in the same text. */
export const toLockText = (holder: LockHolder): string =>
  JSON.stringify({
    temporalNamespaceId: holder.temporalNamespaceId,
    temporalNamespace: holder.temporalNamespace,
    workflowId: holder.workflowId,
    firstExecutionRunId: holder.firstExecutionRunId,
    taskId: holder.taskId,
    since: holder.since,
    ...(holder.takesTurns ? { takesTurns: true } : {}),
  } satisfies LockHolder);

/** The holder in a lock annotation; undefined: there is no lock, or it cannot be read. */
export const readLockHolder = (text: string | undefined): LockHolder | undefined => {
  const lock = parseLockHolder(text ?? '');
  return lock.kind === 'held' ? lock.holder : undefined;
};

export type NodeLockJudgement =
  | { readonly kind: 'free' }
  | { readonly kind: 'ours' }
  /** Held by a workflow: its state in the Temporal that the lock names decides. */
  | { readonly kind: 'held'; readonly holder: LockHolder }
  /** The annotation cannot be parsed: an operator must inspect it. */
  | { readonly kind: 'unreadable'; readonly text: string };

/** Who holds the lock of a node, according to its lock annotation. */
export const judgeNodeLock = (text: string | undefined, self: LockHolder | undefined): NodeLockJudgement => {
  if (text === undefined || text === '') return { kind: 'free' };
  const parsed = parseLockHolder(text);
  if (parsed.kind === 'unreadable') return { kind: 'unreadable', text: text.slice(0, 200) };
  return self && isSameHolder(parsed.holder, self) ? { kind: 'ours' } : { kind: 'held', holder: parsed.holder };
};
