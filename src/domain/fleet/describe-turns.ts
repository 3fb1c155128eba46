import { toCountText, toShortList } from '../text/counts.ts';
import type { TurnNode, TurnObstacle } from './judge-turns.ts';
import { toZoneText } from './zone-text.ts';

const MAX_NAMES = 5;
const MAX_REASONS = 3;

/**
 * Why nodes wait for their turn, without a full stop, e.g. `1 node waits for its turn: cluster limit of 2 nodes at once; in work or next: a (task 7), b (task
 * 7)`; empty: none waits. Nodes with the same reason are counted together. Pure.
 */
export const describeTurns = (obstacles: readonly TurnObstacle[]): string => {
  const counts = new Map<string, number>();
  for (const reason of obstacles.map(describeObstacle)) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .slice(0, MAX_REASONS)
    .map(
      ([reason, count]) =>
        `${toCountText(count, 'node')} ${count === 1 ? 'waits for its' : 'wait for their'} turn: ${reason}`,
    )
    .join('; ');
};

const describeObstacle = (obstacle: TurnObstacle): string => {
  const names = toShortList(obstacle.nodes.map(toName).sort(), MAX_NAMES);
  switch (obstacle.kind) {
    case 'cluster':
      return `cluster limit of ${toCountText(obstacle.limit, 'node')} at once; in work or next: ${names}`;
    case 'zone':
      return `limit of ${toCountText(obstacle.limit, 'node')} at once in ${toZoneText(obstacle.zone)}; in work or next: ${names}`;
    case 'otherZone':
      return `zones go one at a time; in work or next in other zones: ${names}`;
    case 'queue':
      return `nodes that wait longer go first: ${names}`;
  }
};

const toName = ({ nodeName, taskId }: TurnNode): string => `${nodeName} (task ${taskId})`;
