import { CancellationScope } from '@temporalio/workflow';
import { describeClosedTask } from '../../domain/windows/describe-window.ts';
import { WindowWatch } from '../runtime/window-watch.ts';
import type { TaskState } from './task-state.ts';

/**
 * Follows the windows of the accepted request while `work` runs, and shows in the state whether one is open. `awaitOpen` resolves while one is; it throws
 * CancelledFailure.
 *
 * @throws what `work` throws
 */
export const duringWindows = async (
  state: TaskState,
  work: (awaitOpen: () => Promise<void>) => Promise<void>,
): Promise<void> => {
  const { request } = state.accepted;
  if (request.windows === undefined) {
    await work(() => Promise.resolve());
    return;
  }
  const show = (): void => {
    const { closed } = watch;
    state.fleet.setWindow(watch.state, closed === undefined ? '' : describeClosedTask(closed, request.onWindowClose));
    state.refresh();
  };
  const watch = new WindowWatch(request, show, state.fleet.window);
  const scope = new CancellationScope({ cancellable: true });
  show();
  void scope.run(() => watch.follow());
  try {
    await work(() => watch.awaitOpen());
  } finally {
    scope.cancel();
    state.fleet.setWindow(undefined, '');
  }
};
