/** One thing that is wrong with a request. */
export interface RequestProblem {
  /** As the caller spelled it; the canonical key for one that is missing; empty when the request as a whole is wrong. */
  readonly key: string;
  /** One sentence without its full stop: what is wrong and what to write. Never holds the value of an unknown key. */
  readonly message: string;
}
