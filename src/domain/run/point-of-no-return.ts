/** What made a workflow pass its point of no return. In the workflow's memo, which clients read without a worker. */
export interface PointOfNoReturn {
  /** What began, e.g. `stopping the kubelet of node worker-1`. */
  readonly what: string;
  /** RFC 3339. */
  readonly at: string;
  /** Absent for a task that finishes after its last node. */
  readonly nodeName?: string;
  /** Nodes of the task that are not started yet: a cancellation still undoes the changes to them. */
  readonly laterNodeNames: readonly string[];
}

/** E.g. `stopping the kubelet of node worker-1 began at 2026-01-02T03:04:05.000Z`. */
export const describePointOfNoReturn = ({ what, at }: PointOfNoReturn): string => `${what} began at ${at}`;

/** One sentence for status and report. `requestedAt` is RFC 3339. */
export const describeIgnoredCancellation = (requestedAt: string, point: PointOfNoReturn): string =>
  `Cancellation was requested at ${requestedAt}, but ${describePointOfNoReturn(point)} and cannot be undone: the decommission continues to its end.`;

/** The value of a memo, which any client can write. */
export const isPointOfNoReturn = (value: unknown): value is PointOfNoReturn => {
  const { what, at, nodeName, laterNodeNames } = (value ?? {}) as Partial<Record<string, unknown>>;
  return (
    typeof what === 'string' &&
    typeof at === 'string' &&
    (nodeName === undefined || typeof nodeName === 'string') &&
    Array.isArray(laterNodeNames) &&
    laterNodeNames.every((name) => typeof name === 'string')
  );
};
