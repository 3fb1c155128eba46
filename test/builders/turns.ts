import { LOCK_ANNOTATION } from '../../src/domain/cluster/annotations.ts';
import type { NodeFacts } from '../../src/domain/cluster/facts.ts';
import { ZONE_LABEL } from '../../src/domain/cluster/node-state.ts';
import type { TurnNode, WaitingNode } from '../../src/domain/fleet/judge-turns.ts';
import { withTurnMark, type TurnMark, type ZoneLimits } from '../../src/domain/fleet/turn-mark.ts';
import { toLockText, type LockHolder } from '../../src/domain/node/lock.ts';
import { lockHolder } from './lock-holder.ts';
import { node } from './node.ts';

/** Waits since the time of the `lockHolder` builder, without limits. */
export const turnMark = (overrides: Partial<TurnMark> = {}): TurnMark => ({
  waitingSince: '2026-01-02T00:00:00.000Z',
  askedAt: '2026-01-02T00:00:00.000Z',
  limits: { oneZoneAtATime: false },
  ...overrides,
});

/** The mark of a node that has its turn. */
export const workingMark = (limits: Partial<ZoneLimits> = {}): TurnMark =>
  turnMark({ workingSince: '2026-01-02T00:00:00.000Z', limits: { oneZoneAtATime: false, ...limits } });

/** The holder of a task whose nodes take turns, with a workflow of that name. */
export const turnHolder = (taskId = '42'): LockHolder =>
  lockHolder({ taskId, workflowId: `decommission/default/task/${taskId}`, takesTurns: true });

/** A cordoned Node with the lock of this task and this mark. */
export const lockedNode = (
  name: string,
  {
    taskId = '42',
    zone = 'a',
    mark,
  }: { readonly taskId?: string; readonly zone?: string; readonly mark?: TurnMark } = {},
  overrides: Partial<NodeFacts> = {},
): NodeFacts =>
  node({
    name,
    unschedulable: true,
    labels: { [ZONE_LABEL]: zone },
    annotations: { [LOCK_ANNOTATION]: withTurnMark(toLockText(turnHolder(taskId)), mark) },
    ...overrides,
  });

/**
 * Nodes by name in one text, e.g. `a1 7, b1 8 1`: the letter is the zone, then the task, `1` its `maxConcurrentPerZone`, `one` its
 * `oneZoneAtATime`.
 */
export const turnNodes = (text: string): readonly TurnNode[] => (text === '' ? [] : text.split(', ').map(toTurnNode));

const toTurnNode = (part: string): TurnNode => {
  const [nodeName = '', taskId = '', limit = ''] = part.split(' ');
  const limits = {
    oneZoneAtATime: limit === 'one',
    ...(/^\d/.test(limit) ? { maxConcurrentPerZone: Number(limit) } : {}),
  };
  return { nodeName, taskId, zone: nodeName.charAt(0), limits };
};

/** The same for nodes that wait, the first one longest. */
export const waitingNodes = (text: string): readonly WaitingNode[] =>
  turnNodes(text).map((each, index) => ({ ...each, waitingSince: `2026-01-02T00:00:0${index}.000Z` }));
