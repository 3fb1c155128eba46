import { POINT_OF_NO_RETURN_ANNOTATION } from '../cluster/annotations.ts';
import type { NodeFacts } from '../cluster/facts.ts';

const MAX_LENGTH = 40;

/**
 * When a run passed the point of no return of the node, as its Node records it; undefined: none has. RFC 3339 as the runs write it. Any
 * value counts: a node that may be half removed must not return to service.
 */
export const readPassedPoint = (annotations: NodeFacts['annotations']): string | undefined => {
  const value = annotations[POINT_OF_NO_RETURN_ANNOTATION];
  return value === undefined ? undefined : value.slice(0, MAX_LENGTH) || 'an unknown time';
};

/** What happened to the node, why it is left as it is, and what to do. `at`: from `readPassedPoint`. One or more sentences. */
export const describePassedPoint = (nodeName: string, at: string): string =>
  `node ${nodeName} passed its point of no return at ${at}: its kubelet may be stopped permanently or its Node is being deleted, so it stays ` +
  'cordoned and locked. Start the same request again: it takes over the node and continues. To keep the node instead, make sure that its ' +
  `kubelet runs, then remove annotation ${POINT_OF_NO_RETURN_ANNOTATION} from the Node.`;

/** Only reads: what to do next depends on the host. */
export const toPassedPointCommands = (nodeName: string): readonly string[] => [`kubectl get node ${nodeName}`];
