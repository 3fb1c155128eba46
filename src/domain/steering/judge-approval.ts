import { toShortList } from '../text/counts.ts';
import type { DecommissionRequest } from '../request/decommission-request.ts';
import type { ApprovalPoint } from './steering.ts';

export interface ApprovalFacts {
  readonly approval: DecommissionRequest['approval'];
  /** Names of the nodes that wait for an approval now. */
  readonly waiting: readonly string[];
  /** Names of the running nodes that have been approved. */
  readonly approved: readonly string[];
}

const MAX_NAMES = 5;

/** Why an approval is refused; undefined: it is accepted. One that is repeated has no effect. `nodeName` absent: all that wait. Pure. */
export const judgeApproval = (
  { approval, waiting, approved }: ApprovalFacts,
  nodeName: string | undefined,
): string | undefined => {
  if (approval === 'none') return 'the request has `approval: none`, so nothing waits for an approval.';
  const concerned = [...waiting, ...approved];
  if (nodeName === undefined)
    return concerned.length > 0 ? undefined : 'no node waits for an approval now. `status` shows when one does.';
  if (concerned.includes(nodeName)) return undefined;
  const others = waiting.length === 0 ? 'and neither does another one' : `but ${toShortList(waiting, MAX_NAMES)} does`;
  return `node ${nodeName} does not wait for an approval now, ${others}.`;
};

/** Of the status, e.g. `node-1 waits for an approval before its first eviction`. Pure. */
export const describeApproval = (nodeName: string, point: ApprovalPoint): string =>
  point === 'beforeEviction'
    ? `node ${nodeName} waits for an approval before its first eviction. To continue, send \`approve\`.`
    : `node ${nodeName} is drained and waits for an approval before its point of no return. To continue, send \`approve\`.`;
