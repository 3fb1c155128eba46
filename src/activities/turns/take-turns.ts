import { Context, sleep } from '@temporalio/activity';
import { describeTurns } from '../../domain/fleet/describe-turns.ts';
import type { TaskContext } from '../../domain/run/context.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';
import { openVerifiedCluster } from '../support/open-verified-cluster.ts';
import { beat } from '../support/with-heartbeat.ts';
import { TurnDesk, type TurnRequest } from './turn-desk.ts';
import { TurnWatch } from './turn-watch.ts';

/** The result of asking for turns. */
export interface TakenTurns {
  /** Names of the nodes that may start. */
  readonly taken: readonly string[];
  /** Why the others wait, without a full stop; empty: none does. */
  readonly waits: string;
}

/** While no node ends. Each reading refreshes the marks of the nodes that wait, which count for five minutes. */
const ASK_AGAIN_MILLISECONDS = 120_000;
/** Another reason alone is reported this much after the call: each report adds to the history of the task. */
const REASON_MILLISECONDS = 30_000;
/** After two tasks have withdrawn their marks because of each other. */
const WITHDRAWN_MILLISECONDS = { least: 200, spread: 800 };

/**
 * Takes turns for nodes that their task wants to start, within the limits that hold across tasks: marks those that may start as in work, in
 * the lock of their Node, and the others as waiting. Returns as soon as one has its turn, or when the reason of the wait is another one.
 * Safe to repeat: a node keeps its place, and one that has its turn is checked again. A node that is not locked by this task, or whose own
 * workflow runs, has its turn without a mark: its start reports what happened to it.
 *
 * @throws DecommissionFailure `ClusterMismatch`, retryable: see `openVerifiedCluster`.
 * @throws ClusterFailure
 * @throws CancelledFailure the marks stay; see `leaveTurn`
 */
export const takeTurns =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, request: TurnRequest): Promise<TakenTurns> => {
    const { known } = request;
    const cluster = await openVerifiedCluster(dependencies, context);
    const desk = new TurnDesk({ dependencies, cluster, context, request });
    const startedAt = dependencies.now();
    let watch: TurnWatch | undefined;
    try {
      for (;;) {
        const { taken, obstacles, isWithdrawn, counted } = await desk.ask();
        const waits = describeTurns(obstacles);
        if (taken.length > 0) return { taken, waits };
        if (isWithdrawn) {
          await sleep(WITHDRAWN_MILLISECONDS.least + Math.random() * WITHDRAWN_MILLISECONDS.spread);
          continue;
        }
        const isReported = known === '' || dependencies.now() - startedAt >= REASON_MILLISECONDS;
        if (waits !== known && isReported) return { taken, waits };
        beat({ message: waits });
        watch ??= new TurnWatch(cluster, counted);
        await watch.next(waits === known ? ASK_AGAIN_MILLISECONDS : REASON_MILLISECONDS, Context.current().cancelled);
      }
    } finally {
      watch?.stop();
    }
  };
