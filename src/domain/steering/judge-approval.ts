import { toShortList } from '../text/counts.ts';
import type { DecommissionRequest } from '../request/decommission-request.ts';
import type { ApprovalPoint, Steering } from './steering.ts';

export interface ApprovalFacts {
  readonly approval: DecommissionRequest['approval'];
  /** Names of the nodes that wait for an approval now. */
  readonly waiting: readonly string[];
  /** Names of the running nodes that have been approved. */
  readonly approved: readonly string[];
  /** Those of `waiting` of which an operator has to confirm that the machine is powered off; absent: none. */
  readonly dead?: readonly string[];
}

const MAX_NAMES = 5;

/** What an approval is for. */
export type ApprovalScope = Pick<Steering, 'nodeName' | 'machineIsOff'>;

/**
 * Why an approval is refused; undefined: it is accepted. One that is repeated has no effect. `nodeName` absent: all that wait, but never a
 * dead node: only a message that states so confirms that a machine is powered off, not one that was meant for another step. Pure.
 */
export const judgeApproval = (facts: ApprovalFacts, { nodeName, machineIsOff }: ApprovalScope): string | undefined => {
  const { dead = [] } = facts;
  if (machineIsOff === true) return judgeConfirmation(dead, nodeName);
  const waiting = facts.waiting.filter((name) => !dead.includes(name));
  const onlyDead = waiting.length === 0 ? dead : [];
  const refused = nodeName === undefined ? onlyDead : dead.filter((name) => name === nodeName);
  if (refused.length > 0) return refuseForDead(refused);
  return judgeStep({ ...facts, waiting }, nodeName);
};

const judgeStep = (
  { approval, waiting, approved }: ApprovalFacts,
  nodeName: string | undefined,
): string | undefined => {
  const concerned = [...waiting, ...approved];
  if (concerned.length === 0 && approval === 'none')
    return 'the request has `approval: none`, so nothing waits for an approval.';
  if (nodeName === undefined)
    return concerned.length > 0 ? undefined : 'no node waits for an approval now. `status` shows when one does.';
  if (concerned.includes(nodeName)) return undefined;
  const others = waiting.length === 0 ? 'and neither does another one' : `but ${toShortList(waiting, MAX_NAMES)} does`;
  return `node ${nodeName} does not wait for an approval now, ${others}.`;
};

/** It is never repeated: the next one would be for a later time. */
const judgeConfirmation = (dead: readonly string[], nodeName: string | undefined): string | undefined => {
  if (nodeName === undefined) return 'name the node whose machine is powered off: {"nodeName": "…"}.';
  if (dead.includes(nodeName)) return undefined;
  const others = dead.length === 0 ? 'and neither does another one' : `but ${toShortList(dead, MAX_NAMES)} does`;
  return `node ${nodeName} does not wait now for a confirmation that its machine is powered off, ${others}.`;
};

const refuseForDead = (dead: readonly string[]): string => {
  const [first = ''] = dead;
  const waits = dead.length === 1 ? 'waits' : 'wait';
  return (
    `${toShortList(dead, MAX_NAMES)} ${waits} for a confirmation that the machine is powered off. To confirm it for ${first}, add ` +
    `\`--machine-is-off ${first}\`, or in Temporal "nodeName": "${first}" and "machineIsOff": true.`
  );
};

/** Of the status, e.g. `node node-1 waits for an approval before its first eviction`. Pure. */
export const describeApproval = (nodeName: string, point: ApprovalPoint): string =>
  `node ${nodeName} ${WAITS[point](nodeName)}`;

const WAITS: Readonly<Record<ApprovalPoint, (nodeName: string) => string>> = {
  beforeEviction: () => 'waits for an approval before its first eviction. To continue, send `approve`.',
  beforeNodeDeletion: () =>
    'is drained and waits for an approval before its point of no return. To continue, send `approve`.',
  machineIsOff: (nodeName) =>
    'is dead: its last pods are terminating, and its kubelet does not end them. Make sure that its machine is powered off and stays off, then confirm that: ' +
    `\`node-decommission approve ${nodeName} --machine-is-off ${nodeName} --reason …\`. ` +
    'It is then marked out of service, which deletes these pods by force and detaches their volumes, and corrupts data if the machine still runs.',
};
