import { CancellationScope } from '@temporalio/workflow';
import { toCountText } from '../../domain/text/counts.ts';
import { pollingActivities } from '../runtime/activity-options.ts';
import { throwDefect } from '../runtime/failure-report.ts';
import { awaitUnmounted } from './host-steps.ts';
import type { NodeState } from './node-state.ts';

interface Wait {
  readonly scope: CancellationScope;
  readonly ended: Promise<string>;
}

/**
 * The wait of the step `detach`. It may begin while the node is read a second time, because it changes nothing; its failure counts in the
 * step.
 */
export class Detachment {
  readonly #state: NodeState;
  #wait: Wait | undefined;

  constructor(state: NodeState) {
    this.#state = state;
  }

  /** The node is empty. Has no effect while a wait runs. */
  begin(): void {
    this.#begun();
  }

  /** The node is not empty after all, or is left: ends the wait without a result, and resolves when it has ended. */
  async drop(): Promise<void> {
    const wait = this.#wait;
    if (!wait) return;
    this.#wait = undefined;
    wait.scope.cancel();
    await wait.ended.catch(throwDefect);
  }

  /**
   * Returns a sentence for the report once every volume of the pods that left is unmounted and detached.
   *
   * @throws ActivityFailure caused by `DetachTimeout`, or by a failure of the reads
   * @throws CancelledFailure
   */
  async end(): Promise<string> {
    return await this.#begun().ended;
  }

  #begun(): Wait {
    return (this.#wait ??= this.#start());
  }

  #start(): Wait {
    const scope = new CancellationScope({ cancellable: true });
    const ended = scope.run(() => awaitDetached(this.#state));
    // Reported by `end`, or dropped.
    ended.catch(() => undefined);
    return { scope, ended };
  }
}

const awaitDetached = async (state: NodeState): Promise<string> => {
  const { context, request, waits } = state.input.task;
  const deadlineAt = Date.now() + waits.detachSeconds * 1000;
  await awaitUnmounted(state, deadlineAt);
  const { stayingCount } = await pollingActivities.awaitVolumesDetached(context, request, {
    nodeName: state.target.nodeName,
    deadlineAt,
  });
  if (stayingCount === 0) return 'no volume is attached to the node';
  return `no volume is attached to the node, except ${toCountText(stayingCount, 'volume')} of pods that stay`;
};
