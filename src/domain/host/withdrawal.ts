/** `Touched`: a stage has changed the host, or was about to. `Unclear`: the host's record may be missing, and its kubelet does not run. */
export type Withdrawal = 'Untouched' | 'Touched' | 'Unclear';

/** `Untouched`: nothing was done on the host, and nothing will be. `Unknown`: it may have been changed; `why` is one sentence. */
export type HostWithdrawal =
  { readonly kind: 'Untouched' } | { readonly kind: 'Touched' } | { readonly kind: 'Unknown'; readonly why: string };
