import type { AnnotationChange } from '../../src/domain/cluster/annotations.ts';

/** The annotations after a change; null removes one. Pure. */
export const annotate = (
  annotations: Readonly<Record<string, string>>,
  change: AnnotationChange,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries({ ...annotations, ...change }).filter((entry): entry is [string, string] => entry[1] !== null),
  );
