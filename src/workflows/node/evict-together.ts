import { CancellationScope, condition } from '@temporalio/workflow';
import type { PodWave } from '../../domain/eviction/plan-wave.ts';
import type { EvictionTarget } from '../../domain/run/context.ts';
import { isCancelledOnRequest, throwDefect } from '../runtime/failure-report.ts';
import type { NodeState } from './node-state.ts';

/**
 * Evicts all pods at once; `evict` decides when those start that wait. A pause, or the end of a window, cancels those whose eviction is not accepted
 * yet, and so does `isOverdue`: then the result is true. The first failure of `evict` cancels the others.
 *
 * @throws what `evict` throws, unless it was cancelled
 */
export const evictTogether = async (
  state: NodeState,
  { evicted, waiting }: Pick<PodWave, 'evicted' | 'waiting'>,
  evict: (pod: EvictionTarget) => Promise<void>,
  isOverdue: () => boolean = () => false,
): Promise<boolean> => {
  state.startEvictions(evicted, waiting.length);
  let failure: unknown;
  let isOver = false;
  let isRecalled = false;
  const scope = new CancellationScope({ cancellable: true });
  const over = scope
    .run(() =>
      Promise.all(
        [...evicted, ...waiting].map((pod) =>
          evict(pod).catch((error: unknown) => {
            throwDefect(error);
            if (isCancelledOnRequest(error)) return;
            failure ??= error;
            scope.cancel();
          }),
        ),
      ),
    )
    .finally(() => (isOver = true));
  const cancelOnPause = condition(() => isOver || state.gate.isHeld || isOverdue()).then(() => {
    if (isOver) return;
    isRecalled = !state.gate.isHeld;
    scope.cancel();
  });
  // A cancelled run rejects it early; it is awaited only after all evictions have ended.
  cancelOnPause.catch(() => undefined);
  await over;
  await cancelOnPause;
  // oxlint-disable-next-line typescript/only-throw-error -- rethrows what the activity threw
  if (failure !== undefined) throw failure;
  return isRecalled;
};
