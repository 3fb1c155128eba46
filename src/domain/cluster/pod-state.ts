import type { PodFacts, PodRef } from './facts.ts';

/** Its containers have ended and are not started again: it is not available to anybody, and nothing is lost with it but its logs. */
export const isFinished = (pod: PodFacts): boolean => pod.phase === 'Succeeded' || pod.phase === 'Failed';

/** Its deletion was accepted. */
export const isTerminating = (pod: PodFacts): boolean => pod.deletionTimestamp !== undefined;

/** `namespace/name`, for people. */
export const toPodName = (pod: Pick<PodRef, 'namespace' | 'name'>): string => `${pod.namespace}/${pod.name}`;
