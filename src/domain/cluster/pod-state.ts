import type { PodFacts, PodRef } from './facts.ts';

/** Its containers have terminated and are not restarted: it serves no traffic, and deleting it only loses its logs. */
export const isFinished = (pod: PodFacts): boolean => pod.phase === 'Succeeded' || pod.phase === 'Failed';

/** Its deletion was accepted. */
export const isTerminating = (pod: PodFacts): boolean => pod.deletionTimestamp !== undefined;

/** `namespace/name`, for messages. */
export const toPodName = (pod: Pick<PodRef, 'namespace' | 'name'>): string => `${pod.namespace}/${pod.name}`;
