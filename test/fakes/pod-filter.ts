import type { PodFacts } from '../../src/domain/cluster/facts.ts';
import { matchesLabelSelector } from '../../src/domain/cluster/label-selector.ts';
import type { PodScope } from '../../src/ports/cluster.ts';

/** Whether a pod is in this scope. */
export const toPodFilter =
  ({ nodeName, namespace, selector }: PodScope) =>
  (pod: PodFacts): boolean =>
    (nodeName === undefined || pod.nodeName === nodeName) &&
    (namespace === undefined || pod.namespace === namespace) &&
    (selector === undefined || matchesLabelSelector(pod.labels, selector));
