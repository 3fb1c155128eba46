import { toShortList } from '../text/counts.ts';

const MAX_NAMES = 5;

/**
 * The running node that a message about replacements is for: the named one, or the only one. Otherwise a sentence that describes why it is
 * refused: the wait of several nodes is not ended by one message. Pure.
 */
export const findNodeOfReplacements = (
  nodeName: string | undefined,
  running: readonly string[],
): { readonly nodeName: string } | string => {
  const [first] = running;
  if (first === undefined) return 'no node of this task waits for replacements now.';
  if (nodeName !== undefined)
    return running.includes(nodeName)
      ? { nodeName }
      : `node ${nodeName} is not being decommissioned now; running: ${toShortList(running, MAX_NAMES)}.`;
  if (running.length === 1) return { nodeName: first };
  return `several nodes are being decommissioned now. Name the one that waits for replacements: \`--node\`, or in Temporal {"nodeName": "…"}; running: ${toShortList(running, MAX_NAMES)}.`;
};
