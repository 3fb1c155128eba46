import { condition, isCancellation, sleep } from '@temporalio/workflow';
import type { DecommissionRequest } from '../../domain/request/decommission-request.ts';
import { findClosed } from '../../domain/windows/find-closed.ts';
import type { WindowState } from '../../domain/windows/judge-windows.ts';
import { windowActivities } from './activity-options.ts';

/** Before the first answer. */
const UNKNOWN: WindowState = { isOpen: false };

/**
 * Follows the windows of a request. Whether one is open is decided by an activity, whose result is recorded: the rules of a time zone may change between
 * two workers, which must not change a replay.
 */
export class WindowWatch {
  readonly #windows: NonNullable<DecommissionRequest['windows']>;
  readonly #onChange: () => void;
  #state: WindowState;

  /** Without windows, it is always open. `onChange`: called after each change. `known`: what an earlier run has passed on. */
  constructor({ windows = [] }: Pick<DecommissionRequest, 'windows'>, onChange: () => void, known?: WindowState) {
    this.#windows = windows;
    this.#onChange = onChange;
    this.#state = isValid(known) ? known : UNKNOWN;
  }

  get state(): WindowState {
    return this.#state;
  }

  /** Undefined: one is open. */
  get closed(): WindowState | undefined {
    return this.#windows.length === 0 ? undefined : findClosed(this.#state, Date.now());
  }

  /** Follows them until the scope is cancelled. */
  async follow(): Promise<void> {
    if (this.#windows.length === 0) return;
    try {
      if (isValid(this.#state)) await this.#keep(this.#state);
      for (;;) {
        const next = await windowActivities.judgeWindows(this.#windows, Date.now());
        // No worker may have answered for a long time.
        if (isValid(next)) await this.#keep(next);
      }
    } catch (error) {
      if (!isCancellation(error)) throw error;
    }
  }

  /** @throws CancelledFailure */
  async awaitOpen(): Promise<void> {
    await condition(() => this.closed === undefined);
  }

  async #keep(state: Required<WindowState>): Promise<void> {
    this.#state = state;
    this.#onChange();
    const summary = state.isOpen ? 'until the window closes' : 'until the next window opens';
    await sleep(state.changesAt - Date.now(), { summary });
  }
}

/** Every window opens again: a request for one that never does is refused. */
const isValid = (state: WindowState | undefined): state is Required<WindowState> =>
  state?.changesAt !== undefined && state.changesAt > Date.now();
