import { toShortList } from '../text/counts.ts';
import type { Steering } from './steering.ts';

export interface PodPlaces {
  /** Names of the nodes whose workflows run. */
  readonly running: readonly string[];
  /** As planned; a plan that is large lists no pods. */
  readonly planned: readonly {
    readonly nodeName: string;
    readonly pods: readonly { readonly namespace: string; readonly name: string }[];
  }[];
}

const MAX_NAMES = 5;

/**
 * The running node that a message about a pod is for: the named one, the one that the plan has the pod on, or the only one. Otherwise a
 * sentence that describes why it is refused. Pure.
 */
export const findNodeOfPod = (
  { nodeName, pod }: Pick<Steering, 'nodeName' | 'pod'>,
  { running, planned }: PodPlaces,
): { readonly nodeName: string } | string => {
  const label = `pod ${pod?.namespace ?? ''}/${pod?.name ?? ''}`;
  const [first] = running;
  if (first === undefined) return `no node of this task evicts pods now, so there is nothing to do for ${label}.`;
  if (nodeName !== undefined)
    return running.includes(nodeName)
      ? { nodeName }
      : `node ${nodeName} is not being decommissioned now; running: ${toShortList(running, MAX_NAMES)}.`;
  const holder = planned.find(
    (node) =>
      running.includes(node.nodeName) &&
      node.pods.some(({ namespace, name }) => namespace === pod?.namespace && name === pod.name),
  );
  if (holder) return { nodeName: holder.nodeName };
  if (running.length === 1) return { nodeName: first };
  return `the task does not know the node of ${label}, because the pod is not in its plan. Name it: {"nodeName": "…"}; running: ${toShortList(running, MAX_NAMES)}.`;
};
