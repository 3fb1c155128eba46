/** Work in parts that take milliseconds: after each, its caller may let other work of the process run. */
export type Stages<Result> = Generator<void, Result, void>;

/** All parts at once. */
export const finishStages = <Result>(stages: Stages<Result>): Result => {
  for (;;) {
    const { done, value } = stages.next();
    if (done === true) return value;
  }
};
