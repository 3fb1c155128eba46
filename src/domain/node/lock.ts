import { parseJsonObject, type JsonObject } from '../text/json-text.ts';

/** Who holds a node: one workflow of one Temporal. Written to the lock annotation of the Node. */
export interface LockHolder {
  readonly temporalClusterId: string;
  readonly temporalNamespace: string;
  readonly workflowId: string;
  /** Stays the same when the workflow is reset or continues as new. */
  readonly firstExecutionRunId: string;
  /** For people; not compared. */
  readonly taskId: string;
  /** RFC 3339; for people, not compared. */
  readonly since: string;
}

const IDENTITY = ['temporalClusterId', 'temporalNamespace', 'workflowId', 'firstExecutionRunId'] as const;

/** `unreadable`: somebody wrote or edited it, so nobody can be asked whether the holder still runs; a person has to decide. */
export type LockReading = { readonly kind: 'held'; readonly holder: LockHolder } | { readonly kind: 'unreadable' };

const readText = (source: JsonObject, key: keyof LockHolder): string => {
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
      temporalClusterId: readText(source, 'temporalClusterId'),
      temporalNamespace: readText(source, 'temporalNamespace'),
      workflowId: readText(source, 'workflowId'),
      firstExecutionRunId: readText(source, 'firstExecutionRunId'),
      taskId: readText(source, 'taskId'),
      since: readText(source, 'since'),
    },
  };
};

/** True when both are one workflow of one Temporal, whatever else they say. */
export const isSameHolder = (first: LockHolder, second: LockHolder): boolean =>
  IDENTITY.every((key) => first[key] === second[key]);

/** The annotation's text; the same holder always gives the same text. */
export const toLockText = (holder: LockHolder): string =>
  JSON.stringify({
    temporalClusterId: holder.temporalClusterId,
    temporalNamespace: holder.temporalNamespace,
    workflowId: holder.workflowId,
    firstExecutionRunId: holder.firstExecutionRunId,
    taskId: holder.taskId,
    since: holder.since,
  } satisfies LockHolder);

export type NodeLockJudgement =
  | { readonly kind: 'free' }
  | { readonly kind: 'ours' }
  /** Held by a workflow whose state decides: ask the Temporal that it names. */
  | { readonly kind: 'held'; readonly holder: LockHolder }
  /** Something is written there that we cannot read: a person must look. */
  | { readonly kind: 'unreadable'; readonly text: string };

/** Who holds the node, by the text of its lock annotation. */
export const judgeNodeLock = (text: string | undefined, self: LockHolder | undefined): NodeLockJudgement => {
  if (text === undefined || text === '') return { kind: 'free' };
  const parsed = parseLockHolder(text);
  if (parsed.kind === 'unreadable') return { kind: 'unreadable', text: text.slice(0, 200) };
  return self && isSameHolder(parsed.holder, self) ? { kind: 'ours' } : { kind: 'held', holder: parsed.holder };
};
