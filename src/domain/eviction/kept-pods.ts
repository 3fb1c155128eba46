import type { PodFacts } from '../cluster/facts.ts';
import { matchesLabelSelector, parseSelectorText } from '../cluster/label-selector.ts';

/** Whether the request leaves the pod on the node. `keepPods`: a label selector; undefined: the request keeps none. Pure. */
export const isKept = (
  { labels, mirror }: Pick<PodFacts, 'labels' | 'mirror'>,
  keepPods: string | undefined,
): boolean => keepPods !== undefined && !mirror && matchesLabelSelector(labels, parseSelectorText(keepPods));
