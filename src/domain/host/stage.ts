/** The scripts that run detached on the host, each in the step of the same name. */
export const HOST_STAGES = ['stopKubelet', 'cleanHost'] as const;
export type HostStage = (typeof HOST_STAGES)[number];

/** One action of a stage, done or already done. */
export interface StageItem {
  /** E.g. `kubelet.service masked`. */
  readonly name: string;
  readonly status: 'Done' | 'NothingToDo' | 'Failed';
  /** For messages; never raw output. Empty when there is nothing to add. */
  readonly message: string;
}

/**
 * `NotStarted`: the host has no record of it. `Lost`: it was started, does not run and left no result: the host was restarted, or the
 * stage was killed at its deadline.
 */
export type StageState =
  | { readonly kind: 'NotStarted' }
  | { readonly kind: 'Running' }
  | { readonly kind: 'Ended'; readonly isOk: boolean; readonly items: readonly StageItem[] }
  | { readonly kind: 'Lost'; readonly message: string };
