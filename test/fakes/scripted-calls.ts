import { ClusterFailure } from '../../src/ports/cluster-failure.ts';

export interface HeldCall<Answer> {
  /** Continues the call: with this response, or with the cluster's own. */
  release(answer?: Answer): void;
}

type Script = (work: () => unknown) => unknown;

/** Records every call, and lets a test write the next response of each. `Answers`: what each call returns, by its name. */
export class ScriptedCalls<Answers extends object> {
  readonly calls: { readonly call: keyof Answers & string; readonly args: readonly unknown[] }[] = [];
  readonly #scripts = new Map<keyof Answers, Script[]>();

  /** The next `times` calls fail without any effect. */
  fail(call: keyof Answers, failure: Error, times = 1): void {
    for (let count = 0; count < times; count += 1) {
      this.#script(call, () => {
        throw failure;
      });
    }
  }

  /** The next call gets this response and has no effect. */
  answer<Call extends keyof Answers>(call: Call, answer: Answers[Call]): void {
    this.#script(call, () => answer);
  }

  /** Another client makes a change directly before the next call. */
  before(call: keyof Answers, change: () => void): void {
    this.#script(call, (work) => {
      change();
      return work();
    });
  }

  /** The next call takes effect, but its response is lost. */
  loseAnswer(call: keyof Answers): void {
    this.#script(call, (work) => {
      work();
      throw new ClusterFailure('Unreachable', 'the connection was reset');
    });
  }

  /** The next call waits until it is released. */
  hold<Call extends keyof Answers>(call: Call): HeldCall<Answers[Call]> {
    let open: (answer?: Answers[Call]) => void = () => undefined;
    const released = new Promise<Answers[Call] | undefined>((resolve) => (open = resolve));
    this.#script(call, async (work) => (await released) ?? work());
    return {
      release: (answer) => {
        open(answer);
      },
    };
  }

  argsOf(call: keyof Answers): readonly (readonly unknown[])[] {
    return this.calls.filter((each) => each.call === call).map(({ args }) => args);
  }

  #script(call: keyof Answers, script: Script): void {
    this.#scripts.set(call, [...(this.#scripts.get(call) ?? []), script]);
  }

  protected async run<Call extends keyof Answers & string>(
    call: Call,
    args: readonly unknown[],
    work: () => Answers[Call],
  ): Promise<Answers[Call]> {
    this.calls.push({ call, args });
    const script = this.#scripts.get(call)?.shift();
    // A script returns the type of its call: `answer` and `hold` ensure it.
    return script ? ((await script(work)) as Answers[Call]) : work();
  }
}
