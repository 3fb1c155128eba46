import { isSameHolder, parseLockHolder, type LockHolder } from './lock-holder.ts';

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
