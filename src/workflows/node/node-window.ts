import { CancellationScope } from '@temporalio/workflow';
import { WindowWatch } from '../runtime/window-watch.ts';
import type { NodeState } from './node-state.ts';

/**
 * Holds a node while no window is open, as a pause does: before its first eviction, and with `onWindowClose: pause` until its point of no return. Its task
 * starts it while one is open, so that otherwise only a node that waits for an approval has to wait for the next one.
 */
export class NodeWindow {
  readonly #state: NodeState;
  readonly #watch: WindowWatch;
  readonly #scope = new CancellationScope({ cancellable: true });
  readonly #isPausing: boolean;
  #isHeld = false;

  constructor(state: NodeState) {
    const { request } = state.input.task;
    this.#state = state;
    this.#isPausing = request.onWindowClose === 'pause';
    this.#watch = new WindowWatch(request, () => {
      this.#apply();
    });
  }

  begin(): void {
    const { task, continued } = this.#state.input;
    const waits = task.request.approval === 'beforeEviction' && continued === undefined;
    if (task.request.windows === undefined || !(this.#isPausing || waits)) return;
    this.#isHeld = true;
    this.#apply();
    void this.#scope.run(() => this.#watch.follow());
  }

  /** @throws CancelledFailure */
  async awaitStart(): Promise<void> {
    if (!this.#isHeld) return;
    await this.#watch.awaitOpen();
    if (!this.#isPausing) this.end();
  }

  end(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#scope.cancel();
    this.#state.gate.hold(undefined);
  }

  #apply(): void {
    if (this.#isHeld) this.#state.gate.hold(this.#watch.closed);
  }
}
