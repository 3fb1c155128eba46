/** What runs on the host by itself. `stopKubelet`: step 6; `cleanHost`: step 8. */
export const HOST_STAGES = ['stopKubelet', 'cleanHost'] as const;
export type HostStage = (typeof HOST_STAGES)[number];

/** One thing that a stage did, or found done. */
export interface StageItem {
  /** E.g. `kubelet.service masked`. */
  readonly name: string;
  readonly status: 'Done' | 'NothingToDo' | 'Failed';
  /** For people; never raw output. Empty when there is nothing to add. */
  readonly message: string;
}

/**
 * `NotStarted`: the host knows nothing of it. `Lost`: it was begun and neither runs nor left a result: the host was restarted, or its
 * deadline ended it.
 */
export type StageState =
  | { readonly kind: 'NotStarted' }
  | { readonly kind: 'Running' }
  | { readonly kind: 'Ended'; readonly isOk: boolean; readonly items: readonly StageItem[] }
  | { readonly kind: 'Lost'; readonly message: string };
