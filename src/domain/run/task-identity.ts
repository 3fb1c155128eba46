/** Which work a workflow does, in the memo of a node's workflow: a run with the same id and fingerprint does the same. */
export interface TaskIdentity {
  readonly taskId: string;
  /** Of its request, see `toRequestFingerprint`. */
  readonly fingerprint: string;
}

/** The value of a memo, which any client can write. */
export const isTaskIdentity = (value: unknown): value is TaskIdentity => {
  const { taskId, fingerprint } = (value ?? {}) as Partial<Record<string, unknown>>;
  return typeof taskId === 'string' && typeof fingerprint === 'string';
};

/** True when both do the same work. */
export const isSameTask = (one: TaskIdentity | undefined, other: TaskIdentity): boolean =>
  one?.taskId === other.taskId && one.fingerprint === other.fingerprint;
